"""What a person or a program gets to see: presenters read judgements and decide nothing."""
