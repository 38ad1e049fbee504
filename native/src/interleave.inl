// Three byte rows to R G B R G B … and back. Compilers do this badly, so it is written by hand per instruction set.
// Included by yuv-kernels.inl inside its per-instruction-set namespace.

#if defined(__SSSE3__)

// Byte k of output vector `part` is colour (16*part+k) % 3 of pixel (16*part+k) / 3; 0x80 makes a zero to be OR-ed over.
inline __m128i spreadMask(int part, int colour) {
  alignas(16) int8_t bytes[16];
  for (int k = 0; k < 16; k++) {
    const int at = 16 * part + k;
    bytes[k] = at % 3 == colour ? static_cast<int8_t>(at / 3) : static_cast<int8_t>(-128);
  }
  return _mm_load_si128(reinterpret_cast<const __m128i*>(bytes));
}

// Byte k of a gathered colour row lies at 3*k+colour of the 48 input bytes; other parts contribute zero.
inline __m128i gatherMask(int part, int colour) {
  alignas(16) int8_t bytes[16];
  for (int k = 0; k < 16; k++) {
    const int at = 3 * k + colour - 16 * part;
    bytes[k] = at >= 0 && at < 16 ? static_cast<int8_t>(at) : static_cast<int8_t>(-128);
  }
  return _mm_load_si128(reinterpret_cast<const __m128i*>(bytes));
}

inline int32_t interleaveVectors(const uint8_t* r, const uint8_t* g, const uint8_t* b, uint8_t* rgb, int32_t count) {
  __m128i masks[3][3];
  for (int part = 0; part < 3; part++)
    for (int colour = 0; colour < 3; colour++) masks[part][colour] = spreadMask(part, colour);
  int32_t x = 0;
  for (; x + 16 <= count; x += 16) {
    const __m128i colours[3] = {_mm_loadu_si128(reinterpret_cast<const __m128i*>(r + x)),
                                _mm_loadu_si128(reinterpret_cast<const __m128i*>(g + x)),
                                _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + x))};
    for (int part = 0; part < 3; part++) {
      const __m128i spread = _mm_or_si128(_mm_or_si128(_mm_shuffle_epi8(colours[0], masks[part][0]),
                                                       _mm_shuffle_epi8(colours[1], masks[part][1])),
                                          _mm_shuffle_epi8(colours[2], masks[part][2]));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(rgb + 3 * x + 16 * part), spread);
    }
  }
  return x;
}

inline int32_t deinterleaveVectors(const uint8_t* rgb, uint8_t* r, uint8_t* g, uint8_t* b, int32_t count) {
  __m128i masks[3][3];
  for (int part = 0; part < 3; part++)
    for (int colour = 0; colour < 3; colour++) masks[part][colour] = gatherMask(part, colour);
  uint8_t* const rows[3] = {r, g, b};
  int32_t x = 0;
  for (; x + 16 <= count; x += 16) {
    __m128i parts[3];
    for (int part = 0; part < 3; part++)
      parts[part] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(rgb + 3 * x + 16 * part));
    for (int colour = 0; colour < 3; colour++) {
      const __m128i row = _mm_or_si128(_mm_or_si128(_mm_shuffle_epi8(parts[0], masks[0][colour]),
                                                    _mm_shuffle_epi8(parts[1], masks[1][colour])),
                                       _mm_shuffle_epi8(parts[2], masks[2][colour]));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(rows[colour] + x), row);
    }
  }
  return x;
}

#elif defined(__ARM_NEON)

inline int32_t interleaveVectors(const uint8_t* r, const uint8_t* g, const uint8_t* b, uint8_t* rgb, int32_t count) {
  int32_t x = 0;
  for (; x + 16 <= count; x += 16) vst3q_u8(rgb + 3 * x, uint8x16x3_t{{vld1q_u8(r + x), vld1q_u8(g + x), vld1q_u8(b + x)}});
  return x;
}

inline int32_t deinterleaveVectors(const uint8_t* rgb, uint8_t* r, uint8_t* g, uint8_t* b, int32_t count) {
  int32_t x = 0;
  for (; x + 16 <= count; x += 16) {
    const uint8x16x3_t colours = vld3q_u8(rgb + 3 * x);
    vst1q_u8(r + x, colours.val[0]);
    vst1q_u8(g + x, colours.val[1]);
    vst1q_u8(b + x, colours.val[2]);
  }
  return x;
}

#else

inline int32_t interleaveVectors(const uint8_t*, const uint8_t*, const uint8_t*, uint8_t*, int32_t) { return 0; }
inline int32_t deinterleaveVectors(const uint8_t*, uint8_t*, uint8_t*, uint8_t*, int32_t) { return 0; }

#endif

inline void interleave(const uint8_t* r, const uint8_t* g, const uint8_t* b, uint8_t* rgb, int32_t count) {
  for (int32_t x = interleaveVectors(r, g, b, rgb, count); x < count; x++) {
    rgb[3 * x] = r[x];
    rgb[3 * x + 1] = g[x];
    rgb[3 * x + 2] = b[x];
  }
}

inline void deinterleave(const uint8_t* rgb, uint8_t* r, uint8_t* g, uint8_t* b, int32_t count) {
  for (int32_t x = deinterleaveVectors(rgb, r, g, b, count); x < count; x++) {
    r[x] = rgb[3 * x];
    g[x] = rgb[3 * x + 1];
    b[x] = rgb[3 * x + 2];
  }
}
