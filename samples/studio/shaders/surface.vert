#version 330
// A surface in the world. `paint` is the place at rest, by which bodies are painted, so that clothes stay where they are worn.
in vec3 in_place;
in vec3 in_normal;
in vec3 in_paint;
in vec4 in_material;
uniform mat4 camera;
uniform mat4 lamp;
out vec3 place;
out vec3 normal;
out vec3 paint;
out vec4 material;
out vec3 lamp_place;

void main() {
    place = in_place;
    normal = in_normal;
    paint = in_paint;
    material = in_material;
    vec4 lit = lamp * vec4(in_place, 1.0);
    lamp_place = lit.xyz / lit.w * 0.5 + 0.5;
    gl_Position = camera * vec4(in_place, 1.0);
}
