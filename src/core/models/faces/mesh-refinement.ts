// Which landmark of the mesh each refined point of lips, eyes and irises stands for. Facts of MediaPipe's published graph.

/** Upper and lower contour of an eye, by which the depth of its iris is told. */
const leftEyeContour = [33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173];
const rightEyeContour = [263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398];

const run = (first: number, count: number): readonly number[] => Array.from({ length: count }, (_, k) => first + k);

export type Refinement = {
  /** The model's output, [batch, 1, 1, 2 * points]. */
  readonly output: string;
  readonly landmarks: readonly number[];
  /** Landmarks whose mean depth these points get; without it they keep the mesh's. */
  readonly depthFrom?: readonly number[];
};

/** In order: a later one wins. Left and right as seen in the picture. The irises are new landmarks, 468 to 477. */
export const meshRefinements: readonly Refinement[] = [
  {
    output: "output_lips",
    // Rings from the outside in: outer, inner, then the two between them; lower half first.
    landmarks: [
      [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409],
      [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415],
      [76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306, 184, 74, 73, 72, 11, 302, 303, 304, 408],
      [62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268, 271, 272, 407],
    ].flat(),
  },
  {
    output: "output_left_eye",
    // The contour, then wider and wider rings around it up to the eyebrow.
    landmarks: [
      leftEyeContour,
      [130, 25, 110, 24, 23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190],
      [226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189],
      [35, 124, 46, 53, 52, 65],
      [143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193],
    ].flat(),
  },
  {
    output: "output_right_eye",
    landmarks: [
      rightEyeContour,
      [359, 255, 339, 254, 253, 252, 256, 341, 463, 467, 260, 259, 257, 258, 286, 414],
      [446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442, 441, 413],
      [265, 353, 276, 283, 282, 295],
      [372, 340, 346, 347, 348, 349, 350, 357, 465, 383, 300, 293, 334, 296, 336, 285, 417],
    ].flat(),
  },
  { output: "output_left_iris", landmarks: run(468, 5), depthFrom: leftEyeContour },
  { output: "output_right_iris", landmarks: run(473, 5), depthFrom: rightEyeContour },
];
