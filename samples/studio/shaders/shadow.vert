#version 330
in vec3 in_place;
uniform mat4 lamp;

void main() {
    gl_Position = lamp * vec4(in_place, 1.0);
}
