// Draws one figure in one moment: its face moved, its head turned, lit, seen by a camera; with the truth of that moment.
import { maskOf } from "../model/head-file.ts";
import type { HeadModel } from "../model/head-file.ts";
import { faceHeight, lipGap, poseFace, vertexNormals } from "../model/morph.ts";
import type { ExpressionWeights } from "../model/morph.ts";
import type { Figure, Material } from "../look/figure.ts";
import { latticeNoise, valueNoise } from "../look/noise.ts";
import { neckRide, project, turnMatrix, turnVertices } from "./camera.ts";
import type { Camera, HeadShift, HeadTurn } from "./camera.ts";
import { clearSamples, drawTriangles, visibleSamples } from "./rasterise.ts";
import type { VisibleSamples } from "./rasterise.ts";
import { backdropAt } from "./backdrop.ts";
import type { Backdrop } from "./backdrop.ts";
import { lightOf, wraps } from "./light.ts";
import type { Lighting, SurfacePoint } from "./light.ts";
import { surfaces } from "./surfaces.ts";
import type { Place } from "./surfaces.ts";
import { toPicture } from "./picture.ts";

/** Row-major 2x3. */
type Affine = readonly [number, number, number, number, number, number];

export type Moment = {
  readonly weights: ExpressionWeights;
  readonly turn: HeadTurn;
  readonly shift: HeadShift;
};

export type View = {
  readonly camera: Camera;
  readonly lighting: Lighting;
  readonly backdrop: Backdrop;
  readonly sceneWidthPx: number;
  /** From pixels of the scene to pixels of the picture; given the landmarks, so that a crop can follow the face. */
  readonly sceneToPicture: (landmarks: Float32Array) => Affine;
  readonly exposure: number;
};

export type FaceTruth = {
  /** Gap of the inner lips over face height. */
  readonly openingRatio: number;
  /** Distance of the mouth's corners over face height. */
  readonly mouthWidthRatio: number;
  /** [68, xy] in pixels of the picture. */
  readonly landmarks: Float32Array;
  readonly sceneToPicture: Affine;
};

export type PictureSize = { readonly widthPx: number; readonly heightPx: number };

/** Samples per pixel along each axis. */
const supersampling = 2;

/** Everything one picture size needs again and again; one per worker. */
export type FigureRenderer = {
  /** Writes [heightPx, widthPx, rgb] into `picture`, and returns the truth. */
  readonly render: (figure: Figure, moment: Moment, view: View, picture: Uint8Array) => FaceTruth;
};

type Buffers = {
  positions: Float32Array;
  normals: Float32Array;
  rides: Float32Array;
  xy: Float32Array;
  cornerXy: Float32Array;
  cornerNearness: Float32Array;
};

function buffersFor(head: HeadModel, figure: Figure): Buffers {
  const rides = new Float32Array(figure.vertexCount);
  for (let vertex = 0; vertex < head.vertexCount; vertex++)
    rides[vertex] = neckRide(head.positions[vertex * 3 + 1] ?? 0);
  rides.set(figure.extraRides, head.vertexCount);
  return {
    positions: new Float32Array(figure.vertexCount * 3),
    normals: new Float32Array(figure.vertexCount * 3),
    rides,
    xy: new Float32Array(figure.vertexCount * 2),
    cornerXy: new Float32Array(figure.cornerCount * 2),
    cornerNearness: new Float32Array(figure.cornerCount),
  };
}

export function figureRenderer(head: HeadModel, { widthPx, heightPx }: PictureSize): FigureRenderer {
  const samples = visibleSamples(widthPx * supersampling, heightPx * supersampling);
  const light = new Float32Array(samples.widthPx * samples.heightPx * 3);
  const buffersOf = new WeakMap<Figure, Buffers>();
  return {
    render: (figure, moment, view, picture) => {
      let buffers = buffersOf.get(figure);
      if (buffers === undefined) buffersOf.set(figure, (buffers = buffersFor(head, figure)));
      const { positions, normals, rides, xy } = buffers;
      poseFace(head, figure.person, moment.weights, positions);
      const openingRatio = lipGap(head, positions) / faceHeight(head, figure.person);
      const mouthWidthRatio = mouthWidth(head, positions) / faceHeight(head, figure.person);
      positions.set(figure.extraPositions, head.vertexCount * 3);
      vertexNormals(figure, positions, normals);
      const matrix = turnMatrix(moment.turn);
      turnVertices(positions, rides, { matrix, shift: moment.shift, kind: "places" });
      turnVertices(normals, rides, { matrix, shift: moment.shift, kind: "directions" });
      project(positions, view.camera, xy);
      const sceneToPicture = view.sceneToPicture(landmarksIn(head, xy));
      toSamples(xy, sceneToPicture);
      fillCorners(figure, buffers);
      clearSamples(samples);
      drawPatches(figure, buffers, samples, head);
      shade({ head, figure, buffers, samples, view, jawOpen: moment.weights["jawOpen"] ?? 0, sceneToPicture }, light);
      toPicture(light, { widthPx, heightPx, supersampling, exposure: view.exposure }, picture);
      const landmarks = landmarksIn(head, xy).map((value) => value / supersampling);
      return { openingRatio, mouthWidthRatio, landmarks, sceneToPicture };
    },
  };
}

function mouthWidth(head: HeadModel, positions: Float32Array): number {
  const at = (landmark: number, axis: number) => positions[(head.landmarks68[landmark] ?? 0) * 3 + axis] ?? 0;
  return Math.hypot(at(54, 0) - at(48, 0), at(54, 1) - at(48, 1), at(54, 2) - at(48, 2));
}

/** [68, xy] of the projected landmarks. */
function landmarksIn(head: HeadModel, xy: Float32Array): Float32Array {
  const landmarks = new Float32Array(136);
  for (const [landmark, vertex] of head.landmarks68.entries()) {
    landmarks[landmark * 2] = xy[vertex * 2] ?? 0;
    landmarks[landmark * 2 + 1] = xy[vertex * 2 + 1] ?? 0;
  }
  return landmarks;
}

function toSamples(xy: Float32Array, [a, b, c, d, e, f]: Affine): void {
  for (let at = 0; at < xy.length; at += 2) {
    const x = xy[at] ?? 0;
    const y = xy[at + 1] ?? 0;
    xy[at] = supersampling * (a * x + b * y + c);
    xy[at + 1] = supersampling * (d * x + e * y + f);
  }
}

function fillCorners(figure: Figure, { xy, positions, cornerXy, cornerNearness }: Buffers): void {
  for (let corner = 0; corner < figure.cornerCount; corner++) {
    const vertex = figure.cornerToVertex[corner] ?? 0;
    cornerXy[corner * 2] = xy[vertex * 2] ?? 0;
    cornerXy[corner * 2 + 1] = xy[vertex * 2 + 1] ?? 0;
    cornerNearness[corner] = positions[vertex * 3 + 2] ?? 0;
  }
}

/** Part of the light that an upper lash lets through is 1 minus this; lower lashes are left out. */
const lashCover = 0.4;
const eyeMiddleY = 3.3;
/** Skin below this height at rest is under the shirt, and so is what spreads wider than the neck below the jaw. */
const underCollarY = -13.8;
const shouldersFromY = -10.5;
const neckRadiusCm = 7.4;

function drawPatches(figure: Figure, buffers: Buffers, samples: VisibleSamples, head: HeadModel): void {
  const { triangles, cornerToVertex, restPlace, extraEdge } = figure;
  const vertexAt = (triangle: number, corner: number) => cornerToVertex[triangles[triangle * 3 + corner] ?? 0] ?? 0;
  const isLash = (triangle: number, _second: number, _third: number, sample: number): boolean =>
    (restPlace[vertexAt(triangle, 0) * 3 + 1] ?? 0) > eyeMiddleY && latticeNoise(sample, 0, 0, 5) < lashCover;
  const isBody = (triangle: number, second: number, third: number): boolean => {
    const at = (corner: number, axis: number) => restPlace[vertexAt(triangle, corner) * 3 + axis] ?? 0;
    const restAt = (axis: number) => (1 - second - third) * at(0, axis) + second * at(1, axis) + third * at(2, axis);
    const y = restAt(1);
    return y > underCollarY && (y > shouldersFromY || Math.hypot(restAt(0), restAt(2) + 1.2) < neckRadiusCm);
  };
  const isCap = (triangle: number, second: number, third: number): boolean => {
    const edgeAt = (corner: number) => extraEdge[vertexAt(triangle, corner) - head.vertexCount] ?? 1;
    return (1 - second - third) * edgeAt(0) + second * edgeAt(1) + third * edgeAt(2) > 0.3;
  };
  const isHair = (triangle: number, second: number, third: number): boolean => {
    const weights = [1 - second - third, second, third];
    let [edge, x, y, z] = [0, 0, 0, 0];
    for (const [corner, weight] of weights.entries()) {
      const vertex = vertexAt(triangle, corner);
      edge += weight * (extraEdge[vertex - head.vertexCount] ?? 1);
      x += weight * (restPlace[vertex * 3] ?? 0);
      y += weight * (restPlace[vertex * 3 + 1] ?? 0);
      z += weight * (restPlace[vertex * 3 + 2] ?? 0);
    }
    const strand = 0.5 + 0.5 * valueNoise(x * 6, y * 1.1, z * 6, figure.look.noiseSeed + 63);
    return edge > 0.25 + 0.5 * strand;
  };
  const presence: Partial<Record<Material, typeof isLash>> = { lash: isLash, hair: isHair, cap: isCap, skin: isBody };
  for (const { material, firstTriangle, triangleCount, sides } of figure.patches) {
    const isThere = presence[material];
    drawTriangles(
      samples,
      { xy: buffers.cornerXy, nearness: buffers.cornerNearness },
      { triangles, firstTriangle, triangleCount, sides, ...(isThere === undefined ? {} : { isThere }) },
    );
  }
}

type Shading = {
  readonly head: HeadModel;
  readonly figure: Figure;
  readonly buffers: Buffers;
  readonly samples: VisibleSamples;
  readonly view: View;
  readonly jawOpen: number;
  readonly sceneToPicture: Affine;
};

/** Closed lips hide the mouth, open ones let light in: the two baked occlusions, by how far the jaw is down. */
function opennessOf(head: HeadModel, jawOpen: number): Float32Array {
  const [closed, open] = [maskOf(head, "ambientOcclusion"), maskOf(head, "ambientOcclusionOpen")];
  const ratio = Math.min(1, 3.5 * jawOpen);
  return Float32Array.from(closed, (value, vertex) => (value + ratio * ((open[vertex] ?? 0) - value)) / 255);
}

/** Fills [sample, rgb] with linear light. */
function shade({ head, figure, buffers, samples, view, jawOpen, sceneToPicture }: Shading, light: Float32Array): void {
  const openness = opennessOf(head, jawOpen);
  const surfaceOf = surfacesByTriangle(figure);
  const place: Place = { u: 0, v: 0, restX: 0, restY: 0, restZ: 0, openness: 1, scalpCover: 0 };
  const point: SurfacePoint = {
    normalX: 0,
    normalY: 0,
    normalZ: 1,
    openness: 1,
    roughness: 1,
    wrap: wraps.firm,
    mirrored: 0,
  };
  const [colour, scattered] = [new Float32Array(3), new Float32Array(3)];
  const { triangles, cornerToVertex, uv, restPlace, scalpCover } = figure;
  const { normals } = buffers;
  const toScene = inverseOf(sceneToPicture);
  for (let sample = 0; sample < samples.triangle.length; sample++) {
    const triangle = samples.triangle[sample] ?? -1;
    const at = sample * 3;
    if (triangle < 0) {
      const x = ((sample % samples.widthPx) + 0.5) / supersampling;
      const y = (Math.floor(sample / samples.widthPx) + 0.5) / supersampling;
      const [a, b, c, d, e, f] = toScene;
      backdropAt(
        view.backdrop,
        (a * x + b * y + c) / view.sceneWidthPx,
        (d * x + e * y + f) / view.sceneWidthPx,
        colour,
      );
      light.set(colour, at);
      continue;
    }
    const second = samples.second[sample] ?? 0;
    const third = samples.third[sample] ?? 0;
    resetPlace(place, point);
    for (let corner = 0; corner < 3; corner++) {
      const weight = corner === 0 ? 1 - second - third : corner === 1 ? second : third;
      const renderVertex = triangles[triangle * 3 + corner] ?? 0;
      const vertex = cornerToVertex[renderVertex] ?? 0;
      place.u += weight * (uv[renderVertex * 2] ?? 0);
      place.v += weight * (uv[renderVertex * 2 + 1] ?? 0);
      place.restX += weight * (restPlace[vertex * 3] ?? 0);
      place.restY += weight * (restPlace[vertex * 3 + 1] ?? 0);
      place.restZ += weight * (restPlace[vertex * 3 + 2] ?? 0);
      place.openness += weight * (openness[vertex] ?? 1);
      place.scalpCover += weight * (scalpCover[vertex] ?? 0);
      point.normalX += weight * (normals[vertex * 3] ?? 0);
      point.normalY += weight * (normals[vertex * 3 + 1] ?? 0);
      point.normalZ += weight * (normals[vertex * 3 + 2] ?? 0);
    }
    straighten(point);
    point.openness = place.openness;
    surfaceOf(triangle)(place, point, figure, colour);
    const gloss = lightOf(point, view.lighting, scattered);
    light[at] = (colour[0] ?? 0) * (scattered[0] ?? 0) + gloss;
    light[at + 1] = (colour[1] ?? 0) * (scattered[1] ?? 0) + gloss;
    light[at + 2] = (colour[2] ?? 0) * (scattered[2] ?? 0) + gloss;
  }
}

function resetPlace(place: Place, point: SurfacePoint): void {
  place.u = 0;
  place.v = 0;
  place.restX = 0;
  place.restY = 0;
  place.restZ = 0;
  place.openness = 0;
  place.scalpCover = 0;
  point.normalX = 0;
  point.normalY = 0;
  point.normalZ = 0;
}

/** Unit length; a surface drawn from behind (the mouth's socket, cloth) answers light with its near side. */
function straighten(point: SurfacePoint): void {
  const { normalX, normalY, normalZ } = point;
  const scale = (normalZ < 0 ? -1 : 1) / Math.max(1e-6, Math.hypot(normalX, normalY, normalZ));
  point.normalX = normalX * scale;
  point.normalY = normalY * scale;
  point.normalZ = normalZ * scale;
}

function surfacesByTriangle(figure: Figure): (triangle: number) => (typeof surfaces)[keyof typeof surfaces] {
  const materialOf = new Uint8Array(figure.triangles.length / 3);
  const kinds = figure.patches.map(({ material }) => surfaces[material]);
  for (const [index, { firstTriangle, triangleCount }] of figure.patches.entries()) {
    materialOf.fill(index, firstTriangle, firstTriangle + triangleCount);
  }
  return (triangle) => kinds[materialOf[triangle] ?? 0] ?? surfaces.skin;
}

function inverseOf([a, b, c, d, e, f]: Affine): Affine {
  const area = a * e - b * d;
  return [e / area, -b / area, (b * f - e * c) / area, -d / area, a / area, (d * c - a * f) / area];
}
