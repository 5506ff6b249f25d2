#version 330
// Colours by kind of material, one lamp with a soft shadow, light from above and below, and contact shade by spheres.
in vec3 place;
in vec3 normal;
in vec3 paint;
in vec4 material;  // kind; then for a body: lips, scalp, limb; for a thing: its colour
in vec3 lamp_place;
out vec4 result;

const float BODY = 0.0, EYE = 1.0, HAIR = 2.0, THING = 3.0, FLOOR = 4.0, GLOW = 5.0, CLOTH_MAT = 6.0;

uniform sampler2DShadow shadow;
uniform sampler2D floor_texture;
uniform vec3 eye;
uniform vec3 lamp_direction;
uniform vec3 lamp_colour;
uniform vec3 sky;
uniform vec3 ground;

uniform vec3 skin;
uniform vec3 lips;
uniform vec3 hair;
uniform vec3 shirt;
uniform vec3 trousers;
uniform vec3 floor_colour;
uniform vec3 eye_place;      // left eye at rest
uniform vec3 hairline;       // height, depth at which it is measured, slope
uniform float waist;
uniform float hem;           // trousers end here
uniform float sleeve;        // share of the upper arm that is covered, beyond 1 the forearm
uniform float neckline;
uniform float age;           // 0 young, 1 old: wrinkles and paler brows

uniform vec4 spheres[12];    // place and radius
uniform int sphere_count;

float hash(vec3 p) {
    p = fract(p * 0.3183099 + 0.1) * 17.0;
    return fract(p.x * p.y * p.z * (p.x + p.y + p.z));
}

float noise(vec3 p) {
    vec3 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    vec4 low = vec4(hash(i), hash(i + vec3(1, 0, 0)), hash(i + vec3(0, 1, 0)), hash(i + vec3(1, 1, 0)));
    vec4 high = vec4(hash(i + vec3(0, 0, 1)), hash(i + vec3(1, 0, 1)), hash(i + vec3(0, 1, 1)), hash(i + vec3(1, 1, 1)));
    vec4 z = mix(low, high, f.z);
    vec2 y = mix(z.xy, z.zw, f.y);
    return mix(y.x, y.y, f.x);
}

float cloud(vec3 p) { return 0.55 * noise(p) + 0.3 * noise(p * 2.1) + 0.15 * noise(p * 4.3); }

vec3 strands(vec3 p) { return hair * (0.7 + 0.6 * noise(vec3(p.x * 260.0, p.y * 40.0, p.z * 40.0))); }

struct Surface { vec3 colour; vec3 normal; float gloss; float sharpness; float wrap; };

Surface dressed(vec3 n) {
    Surface s = Surface(skin * (0.90 + 0.20 * noise(paint * 22.0)), n, 0.10, 14.0, 0.35);
    s.colour = mix(s.colour, s.colour * vec3(1.06, 0.92, 0.88), smoothstep(0.45, 0.8, noise(paint * 9.0)) * 0.5);
    vec3 p = vec3(abs(paint.x), paint.yz);
    s.colour = mix(s.colour, lips, material.y * 0.8);
    vec3 e = p - eye_place;
    if (e.z > -0.05 && e.y > -0.15 && e.y < 0.1) {  // the face
        float brow_height = 0.021 - pow((e.x + 0.003) * 14.0, 2.0) * 0.012;
        float brow = smoothstep(0.0055, 0.002, abs(e.y - brow_height)) * smoothstep(0.028, 0.020, abs(e.x - 0.002));
        s.colour = mix(s.colour, hair * 0.8, brow * 0.85);
        float lid = smoothstep(0.0175, 0.0135, length(e.xy * vec2(0.85, 1.35)));
        s.colour *= mix(vec3(1.0), vec3(0.62, 0.5, 0.48), lid * 0.7);
        float cheek = smoothstep(0.03, 0.0, length(e.xy - vec2(0.012, -0.035)));
        s.colour *= mix(vec3(1.0), vec3(1.08, 0.86, 0.82), cheek * 0.5);
        float wrinkle = smoothstep(0.55, 0.9, noise(vec3(paint.x * 60.0, paint.y * 260.0, paint.z * 60.0)));
        s.colour *= 1.0 - 0.28 * age * wrinkle;
    }
    float line = hairline.x + (paint.z - hairline.y) * hairline.z + 0.006 * noise(paint * 160.0);
    float grown = smoothstep(-0.004, 0.006, paint.y - line) * step(0.5, material.z);
    s.colour = mix(s.colour, strands(paint), grown);
    s.gloss = mix(s.gloss, 0.25, grown);
    s.wrap = mix(s.wrap, 0.1, grown);
    float limb = material.w;  // 0 head and hands, 0.5 trunk and legs, 1 + share along the upper arm
    if (limb > 0.25) {
        bool arm = limb >= 1.0;
        float collar = neckline + 0.10 * max(p.x - 0.07, 0.0) - 0.35 * max(paint.z - 0.02, 0.0);
        bool in_shirt = arm ? limb - 1.0 < sleeve : p.y > waist && p.y < collar;
        bool in_trousers = !arm && p.y <= waist && p.y > hem;
        if (in_shirt || in_trousers) {
            vec3 weave = vec3(noise(paint * 26.0), noise(paint * 26.0 + 7.0), noise(paint * 26.0 + 13.0)) - 0.5;
            s.colour = (in_shirt ? shirt : trousers) * (0.86 + 0.28 * cloud(paint * vec3(30.0, 18.0, 30.0)));
            bool seam = in_shirt && (arm ? abs(limb - 1.0 - sleeve) < 0.03 : abs(p.y - waist) < 0.012);
            s.colour *= seam ? 0.8 : 1.0;
            s.normal = normalize(n + 0.33 * weave);
            s.gloss = 0.03;
            s.wrap = 0.15;
        }
    }
    return s;
}

Surface surface(vec3 n) {
    float kind = material.x + 0.5;
    if (kind < EYE) return dressed(n);
    if (kind < HAIR) {
        float d = length(paint.xy - vec2(sign(paint.x) * eye_place.x, eye_place.y));
        vec3 c = mix(vec3(0.23, 0.14, 0.08), vec3(0.88, 0.86, 0.84), smoothstep(0.0052, 0.0062, d));
        return Surface(mix(vec3(0.02), c, smoothstep(0.0022, 0.0030, d)), n, 0.6, 60.0, 0.0);
    }
    if (kind < THING) return Surface(strands(paint), n, 0.25, 20.0, 0.1);
    if (kind < FLOOR) return Surface(material.yzw, n, 0.03, 20.0, 0.0);
    if (kind < GLOW) return Surface(floor_colour * 1.3 * texture(floor_texture, place.zx / 4.0).rgb, n, 0.06, 30.0, 0.0);
    if (kind < CLOTH_MAT) return Surface(material.yzw, n, 0.0, 1.0, 0.0);
    return Surface(material.yzw * (0.94 + 0.12 * hash(floor(place * 200.0))), n, 0.02, 20.0, 0.0);
}

float lit() {
    if (any(lessThan(lamp_place, vec3(0.0))) || any(greaterThan(lamp_place, vec3(1.0)))) return 1.0;
    vec2 texel = 1.6 / vec2(textureSize(shadow, 0));
    float bias = 0.0012 + 0.0025 * (1.0 - clamp(dot(normalize(normal), lamp_direction), 0.0, 1.0));
    float sum = 0.0;
    for (int i = -1; i <= 1; i++)
        for (int j = -1; j <= 1; j++)
            sum += texture(shadow, vec3(lamp_place.xy + vec2(i, j) * texel, lamp_place.z - bias));
    return sum / 9.0;
}

float open_share(vec3 n) {
    float open = 1.0;
    for (int i = 0; i < sphere_count; i++) {
        vec3 d = spheres[i].xyz - place;
        float far = dot(d, d), near = spheres[i].w * spheres[i].w;
        if (far > 60.0 * near) continue;
        float facing = max(dot(n, d) * inversesqrt(far), 0.0);
        open *= 1.0 - 0.75 * facing * max(min(near / far, 0.95) - 0.0167, 0.0) * smoothstep(0.8, 1.3, far / near);
    }
    return open;
}

void main() {
    vec3 n = normalize(normal), view = normalize(eye - place);
    if (dot(n, view) < 0.0 && material.x < 2.5) n = -n;
    Surface s = surface(n);
    vec3 colour;
    if (abs(material.x - GLOW) < 0.5) {
        colour = s.colour;
    } else {
        float shade = lit();
        float facing = max((dot(s.normal, lamp_direction) + s.wrap) / (1.0 + s.wrap), 0.0);
        vec3 around = mix(ground, sky, s.normal.y * 0.5 + 0.5);
        colour = s.colour * (around * open_share(s.normal) + lamp_colour * facing * shade);
        float glint = pow(max(dot(s.normal, normalize(lamp_direction + view)), 0.0), s.sharpness);
        colour += s.gloss * glint * shade * lamp_colour;
        if (material.x < 0.5) colour += skin * vec3(0.09, 0.04, 0.025) * pow(1.0 - max(dot(s.normal, view), 0.0), 3.0);
        colour /= 1.0 + 0.12 * colour;
    }
    result = vec4(pow(clamp(colour, 0.0, 1.0), vec3(1.0 / 2.2)), 1.0);
}
