"""`posecheck doctor`: what this machine has, and what to do where something is wrong."""

from __future__ import annotations

import typer

TO_MEND = 1
"""The exit code where something is to mend."""


def doctor() -> None:
    """Look at what posecheck needs on this machine, and say what to do where something is wrong.

    Exits with 1 if anything is to mend, else with 0.
    """
    from posecheck.workflows.doctor import examine, to_mend

    findings = []
    for one in examine():
        findings.append(one)
        typer.echo(f"{'well' if one.is_well else 'MEND'}  {one.name}: {one.told}")
        if one.remedy:
            typer.echo(f"      {one.remedy}")
    count = to_mend(findings)
    typer.echo(f"\n{count} to mend." if count else "\nAll is well.")
    if count:
        raise typer.Exit(TO_MEND)
