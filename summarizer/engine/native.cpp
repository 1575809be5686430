// Linear layers and paged attention for CPUs with AVX-512 and VNNI; native.py says how they are called.
//
// Plain C functions. OpenMP is the one that torch has loaded, so that both share a team of threads.
// Every output element is summed in one order whatever else is in the batch: a sequence comes out bit for bit
// the same alone, in a batch, and read in chunks of any size.

#include <immintrin.h>
#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

// Loops over the registers of a tile: unless they are unrolled early, GCC keeps the tile in memory, at half the speed.
#define UNROLL _Pragma("GCC unroll 8")

namespace {

constexpr long LANES = 16;          // floats in a register
constexpr long PANEL = 64;          // columns of a packed panel: four registers
constexpr long ROWS = 6;            // rows of a tile: 6 x 4 sums fill the registers
constexpr long DEPTH = 1024;        // of an fp32 panel that the second-level cache holds at once
constexpr long BLOCK = 64;          // tokens of a cache block
constexpr long QUERIES = 48;        // queries attended together
constexpr float NEGLIGIBLE = 24.f;  // e^-24 times 64 keys is less than fp32's rounding of the sum
constexpr float LOWEST = -1e30f;    // below every score, and still a number

inline __mmask16 first_lanes(long n) { return n >= LANES ? 0xffff : n <= 0 ? 0 : (1 << n) - 1; }

inline __m512 load(const float* p) { return _mm512_loadu_ps(p); }
inline __m512 load(const uint16_t* p) {  // bf16
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i*)p)), 16));
}

inline void store(float* p, float x) { *p = x; }
inline void store(uint16_t* p, float x) {  // to the nearest bf16, ties to even
  uint32_t bits;
  std::memcpy(&bits, &x, 4);
  *p = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
}

// GCC copies every sum before the intrinsic adds to it.
inline void dot(__m512i& sum, __m512i without_sign, __m512i with_sign) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(without_sign), "v"(with_sign));
}

inline __m512 exponential(__m512 x) {  // Cephes' polynomial, about 2 ulp
  x = _mm512_min_ps(_mm512_set1_ps(88.f), _mm512_max_ps(_mm512_set1_ps(-87.f), x));  // in this order NaN stays NaN
  __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), 0);
  __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
  r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
  __m512 p = _mm512_set1_ps(1.9875691500e-4f);
  for (float c : {1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f})
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(c));
  p = _mm512_fmadd_ps(_mm512_mul_ps(p, r), r, _mm512_add_ps(r, _mm512_set1_ps(1.f)));
  return _mm512_scalef_ps(p, n);
}

inline __m512 gelu(__m512 x) {  // x * sigmoid(2 u), u as in the tanh approximation
  __m512 u = _mm512_mul_ps(_mm512_set1_ps(-2.f * 0.79788456f), x);
  u = _mm512_mul_ps(u, _mm512_fmadd_ps(_mm512_mul_ps(x, x), _mm512_set1_ps(0.044715f), _mm512_set1_ps(1.f)));
  return _mm512_div_ps(x, _mm512_add_ps(_mm512_set1_ps(1.f), exponential(u)));
}

// Calls tile(R, row) until all rows are done, with R = 6 as long as there are so many.
template <class Tile>
void for_rows(long rows, Tile tile) {
  long row = 0;
  for (; row + ROWS <= rows; row += ROWS) tile(std::integral_constant<long, ROWS>(), row);
  switch (rows - row) {
    case 5: return tile(std::integral_constant<long, 5>(), row);
    case 4: return tile(std::integral_constant<long, 4>(), row);
    case 3: return tile(std::integral_constant<long, 3>(), row);
    case 2: return tile(std::integral_constant<long, 2>(), row);
    case 1: return tile(std::integral_constant<long, 1>(), row);
  }
}

// ---------------------------------------------------------------------------------------------- linear layers

struct Output {
  float* out;             // [rows][columns]
  const float* bias;      // [columns], or null
  const float* residual;  // as out, or null
  long columns;
  bool is_gelu;

  void finish(__m512 x, long row, long column) const {
    __mmask16 mask = first_lanes(columns - column);
    long at = row * columns + column;
    if (bias) x = _mm512_add_ps(x, _mm512_maskz_loadu_ps(mask, bias + column));
    if (is_gelu) x = gelu(x);
    if (residual) x = _mm512_add_ps(x, _mm512_maskz_loadu_ps(mask, residual + at));
    _mm512_mask_storeu_ps(out + at, mask, x);
  }
};

// One panel, packed as [depth][64], for R rows; `sums` carries them from one part of the depth to the next.
template <long R>
void tile_f32(const float* x, long depth, const float* panel, long first, long last, float* sums, const Output& output,
              long row, long column) {
  __m512 sum[R][4];
  UNROLL for (long r = 0; r < R; r++)
    UNROLL for (long c = 0; c < 4; c++) sum[r][c] = first ? load(sums + (r * 4 + c) * LANES) : _mm512_setzero_ps();
  const float* w = panel + first * PANEL;
  for (long k = first; k < last; k++, w += PANEL) {
    __m512 w0 = load(w), w1 = load(w + 16), w2 = load(w + 32), w3 = load(w + 48);
    UNROLL for (long r = 0; r < R; r++) {
      __m512 a = _mm512_set1_ps(x[r * depth + k]);
      sum[r][0] = _mm512_fmadd_ps(a, w0, sum[r][0]);
      sum[r][1] = _mm512_fmadd_ps(a, w1, sum[r][1]);
      sum[r][2] = _mm512_fmadd_ps(a, w2, sum[r][2]);
      sum[r][3] = _mm512_fmadd_ps(a, w3, sum[r][3]);
    }
  }
  UNROLL for (long r = 0; r < R; r++)
    UNROLL for (long c = 0; c < 4; c++)
      if (last < depth)
        _mm512_storeu_ps(sums + (r * 4 + c) * LANES, sum[r][c]);
      else
        output.finish(sum[r][c], row + r, column + c * LANES);
}

struct Quantized {
  const int8_t* x;       // [rows][depth], depth filled up to a multiple of 4
  const float* scale;    // of each row
  const int32_t* shift;  // what the 128 added to every weight adds to each row's sums
};

// One panel, packed as [depth / 4][64][4] with 128 added to each weight, for R rows.
template <long R>
void tile_i8(const Quantized& q, long depth, const uint8_t* panel, const float* scale, const Output& output, long row,
             long column) {
  __m512i sum[R][4];
  UNROLL for (long r = 0; r < R; r++)
    UNROLL for (long c = 0; c < 4; c++) sum[r][c] = _mm512_set1_epi32(-q.shift[row + r]);
  const int8_t* x = q.x + row * depth;
  const uint8_t* w = panel;
  for (long k = 0; k < depth; k += 4, w += 4 * PANEL) {
    __m512i w0 = _mm512_loadu_si512(w), w1 = _mm512_loadu_si512(w + 64), w2 = _mm512_loadu_si512(w + 128),
            w3 = _mm512_loadu_si512(w + 192);
    UNROLL for (long r = 0; r < R; r++) {
      int32_t four;
      std::memcpy(&four, x + r * depth + k, 4);
      __m512i a = _mm512_set1_epi32(four);
      dot(sum[r][0], w0, a);
      dot(sum[r][1], w1, a);
      dot(sum[r][2], w2, a);
      dot(sum[r][3], w3, a);
    }
  }
  UNROLL for (long r = 0; r < R; r++)
    UNROLL for (long c = 0; c < 4; c++) {
      __m512 scales = _mm512_mul_ps(_mm512_set1_ps(q.scale[row + r]), load(scale + c * LANES));
      output.finish(_mm512_mul_ps(_mm512_cvtepi32_ps(sum[r][c]), scales), row + r, column + c * LANES);
    }
}

// Symmetric, to at most 127, ties to even; not finite if the row is not.
void quantize(const float* x, long depth, long filled, int8_t* out, float* scale, int32_t* shift) {
  __m512 most = _mm512_setzero_ps();
  for (long k = 0; k < depth; k += LANES)  // the maximum takes its second operand when one is not a number
    most = _mm512_max_ps(most, _mm512_abs_ps(_mm512_maskz_loadu_ps(first_lanes(depth - k), x + k)));
  float largest = std::max(_mm512_reduce_max_ps(most), 1e-8f);
  __m512 factor = _mm512_set1_ps(127.f / largest);
  __m512i total = _mm512_setzero_si512();
  __m512 poison = _mm512_setzero_ps();  // 0 times what is not finite is not a number
  std::memset(out + depth, 0, filled - depth);
  for (long k = 0; k < depth; k += LANES) {
    __mmask16 mask = first_lanes(depth - k);
    __m512 values = _mm512_maskz_loadu_ps(mask, x + k);
    poison = _mm512_fmadd_ps(values, _mm512_setzero_ps(), poison);
    __m512i q = _mm512_cvtps_epi32(_mm512_mul_ps(values, factor));
    total = _mm512_add_epi32(total, q);
    _mm512_mask_cvtsepi32_storeu_epi8(out + k, mask, q);
  }
  *scale = largest / 127.f + _mm512_reduce_add_ps(poison);
  *shift = 128 * _mm512_reduce_add_epi32(total);
}

long filled_up(long depth) { return (depth + 3) / 4 * 4; }
long panels_of(long columns) { return (columns + PANEL - 1) / PANEL; }

// -------------------------------------------------------------------------------------------------- attention

struct Chunk {         // consecutive tokens of one sequence; the layout is native.py's
  int64_t first;       // row of its first token in qkv
  int64_t position;    // of that token in its text
  int64_t tokens;
  int64_t wanted;      // how many of the last tokens have a row in `out`
  int64_t out;         // the first of these rows
};

template <class T>
struct Attention {
  const float* qkv;  // [tokens][heads][query, key, value][size]
  float* out;        // [wanted tokens][heads][size]
  long heads, size;
  const Chunk* chunks;
  const int32_t* tables;  // [chunks][width]: the blocks of each sequence
  long width;
  long layer, layers;
  T* keys;       // [blocks][layers][heads][size][64]
  T* values;     // [blocks][layers][heads][64][size]
  float* norms;  // [blocks][layers][heads][64]: the length of each key
  const float* slopes;
  float scale;

  long block_of(long c, long index, long head) const {
    return (tables[c * width + index] * layers + layer) * heads + head;
  }

  const float* row(long token, long head, long which) const {
    return qkv + ((token * heads + head) * 3 + which) * size;
  }

  void remember(long c, long head) const {
    const Chunk& chunk = chunks[c];
    for (long t = 0; t < chunk.tokens; t++) {
      long position = chunk.position + t, slot = position % BLOCK;
      long block = block_of(c, position / BLOCK, head);
      const float *key = row(chunk.first + t, head, 1), *value = row(chunk.first + t, head, 2);
      float squares = 0.f;
      for (long d = 0; d < size; d++) {
        store(keys + (block * size + d) * BLOCK + slot, key[d]);
        store(values + (block * BLOCK + slot) * size + d, value[d]);
        squares += key[d] * key[d];
      }
      norms[block * BLOCK + slot] = std::sqrt(squares);
    }
  }

  // Up to 48 queries of one head from the block of the last one back to the first block.
  void attend(long c, long head, long begin, long count, std::vector<float>& scratch) const {
    const Chunk& chunk = chunks[c];
    scratch.resize(QUERIES * (2 * size + BLOCK + 3));
    float *query = scratch.data(), *sum = query + QUERIES * size, *weight = sum + QUERIES * size,
          *highest = weight + QUERIES * BLOCK, *total = highest + QUERIES, *length = total + QUERIES;
    long position = chunk.position + begin;
    for (long r = 0; r < count; r++) {
      const float* q = row(chunk.first + begin + r, head, 0);
      float squares = 0.f;
      for (long d = 0; d < size; d++) {
        query[r * size + d] = q[d] * scale;
        squares += query[r * size + d] * query[r * size + d];
        sum[r * size + d] = 0.f;
      }
      length[r] = std::sqrt(squares) * 1.01f;  // room for the rounding of keys to bf16
      highest[r] = LOWEST;
      total[r] = 0.f;
    }
    for (long b = (position + count - 1) / BLOCK; b >= 0; b--) {
      long block = block_of(c, b, head);
      bool is_needed[QUERIES];
      if (!choose(block, b, head, position, count, length, highest, is_needed)) continue;
      score(keys + block * size * BLOCK, query, weight, count);
      for (long r = 0; r < count; r++)
        soften(position + r - b * BLOCK, slopes[head], is_needed[r], weight + r * BLOCK, highest + r, total + r,
               sum + r * size);
      long seen = std::min(BLOCK, position + count - b * BLOCK);
      for (long d = 0; d < size; d += PANEL)
        gather(values + block * BLOCK * size + d, weight, sum + d, count, seen, size - d);
    }
    for (long r = 0; r < count; r++) {
      long at = begin + r - (chunk.tokens - chunk.wanted);
      float* o = out + ((chunk.out + at) * heads + head) * size;
      for (long d = 0; d < size; d++) o[d] = sum[r * size + d] / total[r];
    }
  }

 private:
  // Which queries need this block. By Cauchy and Schwarz no score in it exceeds the lengths' product plus ALiBi's
  // bias of its last key; when that lies far below a score already seen, the block cannot change the result.
  bool choose(long block, long b, long head, long position, long count, const float* length, const float* highest,
              bool* is_needed) const {
    const float* norm = norms + block * BLOCK;
    float longest = _mm512_reduce_max_ps(_mm512_max_ps(_mm512_max_ps(load(norm), load(norm + 16)),
                                                       _mm512_max_ps(load(norm + 32), load(norm + 48))));
    bool is_any = false;
    for (long r = 0; r < count; r++) {
      long away = position + r - (b * BLOCK + BLOCK - 1);  // from the query to the block's last key
      is_needed[r] = b >= (position + r) / BLOCK || !(length[r] * longest - slopes[head] * away < highest[r] - NEGLIGIBLE);
      is_any |= is_needed[r];
    }
    return is_any;
  }

  void score(const T* block, const float* query, float* weight, long count) const {
    for_rows(count, [&](auto R, long first) {
      __m512 s[R.value][4];
      UNROLL for (auto& one : s)
        UNROLL for (auto& four : one) four = _mm512_setzero_ps();
      const float* q = query + first * size;
      const T* k = block;
      for (long d = 0; d < size; d++, k += BLOCK) {
        __m512 k0 = load(k), k1 = load(k + 16), k2 = load(k + 32), k3 = load(k + 48);
        UNROLL for (long r = 0; r < R.value; r++) {
          __m512 a = _mm512_set1_ps(q[r * size + d]);
          s[r][0] = _mm512_fmadd_ps(a, k0, s[r][0]);
          s[r][1] = _mm512_fmadd_ps(a, k1, s[r][1]);
          s[r][2] = _mm512_fmadd_ps(a, k2, s[r][2]);
          s[r][3] = _mm512_fmadd_ps(a, k3, s[r][3]);
        }
      }
      UNROLL for (long r = 0; r < R.value; r++)
        UNROLL for (long i = 0; i < 4; i++) _mm512_storeu_ps(weight + (first + r) * BLOCK + i * LANES, s[r][i]);
    });
  }

  // Scores to weights, in place; `own` is the query's position counted from the block's first key.
  void soften(long own, float slope, bool is_needed, float* weight, float* highest, float* total, float* sum) const {
    const __m512 lanes = _mm512_set_ps(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    __mmask16 mask[4];
    __m512 s[4], most = _mm512_set1_ps(*highest);
    UNROLL for (long i = 0; i < 4; i++) {
      mask[i] = is_needed ? first_lanes(own + 1 - i * LANES) : 0;
      __m512 distance = _mm512_add_ps(lanes, _mm512_set1_ps(float(i * LANES - own)));
      s[i] = _mm512_fmadd_ps(_mm512_set1_ps(slope), distance, load(weight + i * LANES));
      most = _mm512_mask_max_ps(most, mask[i], most, s[i]);
    }
    float now = _mm512_reduce_max_ps(most);
    __m512 added = _mm512_setzero_ps();
    UNROLL for (long i = 0; i < 4; i++) {
      s[i] = _mm512_maskz_mov_ps(mask[i], exponential(_mm512_sub_ps(s[i], _mm512_set1_ps(now))));
      added = _mm512_add_ps(added, s[i]);
      _mm512_storeu_ps(weight + i * LANES, s[i]);
    }
    if (now > *highest) {
      __m512 factor = exponential(_mm512_set1_ps(*highest - now));
      for (long d = 0; d < size; d += LANES) _mm512_storeu_ps(sum + d, _mm512_mul_ps(load(sum + d), factor));
      *total *= _mm512_cvtss_f32(factor);
      *highest = now;
    }
    *total += _mm512_reduce_add_ps(added);
  }

  void gather(const T* block, const float* weight, float* sum, long count, long seen, long left) const {
    switch (std::min(left / LANES, 4l)) {
      case 4: return gather_wide<4>(block, weight, sum, count, seen);
      case 3: return gather_wide<3>(block, weight, sum, count, seen);
      case 2: return gather_wide<2>(block, weight, sum, count, seen);
      case 1: return gather_wide<1>(block, weight, sum, count, seen);
    }
  }

  template <long W>
  void gather_wide(const T* block, const float* weight, float* sum, long count, long seen) const {
    for_rows(count, [&](auto R, long first) {
      __m512 o[R.value][W];
      UNROLL for (long r = 0; r < R.value; r++)
        UNROLL for (long i = 0; i < W; i++) o[r][i] = load(sum + (first + r) * size + i * LANES);
      const float* p = weight + first * BLOCK;
      const T* v = block;
      for (long j = 0; j < seen; j++, v += size) {
        __m512 part[W];
        UNROLL for (long i = 0; i < W; i++) part[i] = load(v + i * LANES);
        UNROLL for (long r = 0; r < R.value; r++) {
          __m512 a = _mm512_set1_ps(p[r * BLOCK + j]);
          UNROLL for (long i = 0; i < W; i++) o[r][i] = _mm512_fmadd_ps(a, part[i], o[r][i]);
        }
      }
      UNROLL for (long r = 0; r < R.value; r++)
        UNROLL for (long i = 0; i < W; i++) _mm512_storeu_ps(sum + (first + r) * size + i * LANES, o[r][i]);
    });
  }
};

struct Work {
  int32_t chunk, head, begin, count;
};

template <class T>
void run(const Attention<T>& attention, long chunks) {
  std::vector<Work> works;
  for (long c = 0; c < chunks; c++)
    for (long begin = attention.chunks[c].tokens - attention.chunks[c].wanted; begin < attention.chunks[c].tokens;
         begin += QUERIES)
      for (long head = 0; head < attention.heads; head++)
        works.push_back({int32_t(c), int32_t(head), int32_t(begin),
                         int32_t(std::min(QUERIES, attention.chunks[c].tokens - begin))});
  long pairs = chunks * attention.heads, num_works = works.size();
#pragma omp parallel
  {
    std::vector<float> scratch;
#pragma omp for schedule(dynamic, 1)
    for (long i = 0; i < pairs; i++) attention.remember(i / attention.heads, i % attention.heads);
#pragma omp for schedule(dynamic, 1)
    for (long i = 0; i < num_works; i++)
      attention.attend(works[i].chunk, works[i].head, works[i].begin, works[i].count, scratch);
  }
}

}  // namespace

extern "C" {

int wrapup_is_supported() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni");
}

// Asks for huge pages: what is read from one end to the other in every step is then found by few look-ups.
void wrapup_advise(void* start, long bytes) {
  const uintptr_t page = 4096;
  uintptr_t first = (reinterpret_cast<uintptr_t>(start) + page - 1) / page * page;
  uintptr_t last = (reinterpret_cast<uintptr_t>(start) + bytes) / page * page;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

void wrapup_linear_f32(const float* x, long rows, long depth, const float* w, float* out, long columns,
                       const float* bias, const float* residual, int is_gelu) {
  Output output{out, bias, residual, columns, is_gelu != 0};
  long panels = panels_of(columns);
#pragma omp parallel
  {
    std::vector<float> sums(depth > DEPTH ? rows * PANEL : 0);
#pragma omp for schedule(dynamic, 1)
    for (long p = 0; p < panels; p++)
      for (long first = 0; first < depth; first += DEPTH)
        for_rows(rows, [&](auto R, long row) {
          tile_f32<R.value>(x + row * depth, depth, w + p * depth * PANEL, first, std::min(first + DEPTH, depth),
                            sums.data() + row * PANEL, output, row, p * PANEL);
        });
  }
}

void wrapup_linear_i8(const float* x, long rows, long depth, const uint8_t* w, const float* w_scale, float* out,
                      long columns, const float* bias, const float* residual, int is_gelu) {
  Output output{out, bias, residual, columns, is_gelu != 0};
  long panels = panels_of(columns), filled = filled_up(depth);
  std::vector<int8_t> bytes(rows * filled);
  std::vector<float> scale(rows);
  std::vector<int32_t> shift(rows);
  Quantized quantized{bytes.data(), scale.data(), shift.data()};
#pragma omp parallel
  {
#pragma omp for schedule(static)
    for (long r = 0; r < rows; r++)
      quantize(x + r * depth, depth, filled, bytes.data() + r * filled, &scale[r], &shift[r]);
#pragma omp for schedule(dynamic, 1)
    for (long p = 0; p < panels; p++)
      for_rows(rows, [&](auto R, long row) {
        tile_i8<R.value>(quantized, filled, w + p * filled * PANEL, w_scale + p * PANEL, output, row, p * PANEL);
      });
  }
}

void wrapup_pack_f32(const float* w, long columns, long depth, float* out) {
  long panels = panels_of(columns);
#pragma omp parallel for schedule(dynamic, 4)
  for (long p = 0; p < panels; p++)
    for (long from = 0; from < depth; from += LANES)
      for (long c = 0; c < PANEL; c++)
        for (long k = from; k < std::min(from + LANES, depth); k++)
          out[(p * depth + k) * PANEL + c] = p * PANEL + c < columns ? w[(p * PANEL + c) * depth + k] : 0.f;
}

void wrapup_pack_i8(const float* w, long columns, long depth, uint8_t* out, float* scale) {
  long panels = panels_of(columns), filled = filled_up(depth);
#pragma omp parallel
  {
    std::vector<int8_t> row(filled);
#pragma omp for schedule(dynamic, 4)
    for (long p = 0; p < panels; p++)
      for (long c = 0; c < PANEL; c++) {
        long column = p * PANEL + c;
        int32_t shift;
        scale[column] = 0.f;
        std::fill(row.begin(), row.end(), 0);
        if (column < columns) quantize(w + column * depth, depth, filled, row.data(), &scale[column], &shift);
        for (long k = 0; k < filled; k += 4) {
          uint32_t four;
          std::memcpy(&four, &row[k], 4);
          four ^= 0x80808080u;  // adds 128 to each byte
          std::memcpy(out + (p * filled + k) * PANEL + c * 4, &four, 4);
        }
      }
  }
}

// Rows of a packed matrix as they were before packing, less what int8 took from them.
void wrapup_rows_f32(const float* w, long depth, const int64_t* which, long rows, float* out) {
  for (long r = 0; r < rows; r++) {
    const float* column = w + which[r] / PANEL * depth * PANEL + which[r] % PANEL;
    for (long k = 0; k < depth; k++) out[r * depth + k] = column[k * PANEL];
  }
}

void wrapup_rows_i8(const uint8_t* w, const float* scale, long depth, const int64_t* which, long rows, float* out) {
  long filled = filled_up(depth);
  for (long r = 0; r < rows; r++) {
    const uint8_t* column = w + which[r] / PANEL * filled * PANEL + which[r] % PANEL * 4;
    for (long k = 0; k < depth; k++)
      out[r * depth + k] = scale[which[r]] * (int(column[k / 4 * 4 * PANEL + k % 4]) - 128);
  }
}

// Remembers the chunks' keys and values in one layer's blocks, then attends the wanted tokens to all before them.
void wrapup_attend(const float* qkv, float* out, long heads, long size, const void* chunks, long num_chunks,
                   const int32_t* tables, long width, long layer, long layers, void* keys, void* values, int is_bf16,
                   float* norms, const float* slopes, float scale) {
  const Chunk* list = static_cast<const Chunk*>(chunks);
  if (is_bf16)
    run(Attention<uint16_t>{qkv, out, heads, size, list, tables, width, layer, layers,
                            static_cast<uint16_t*>(keys), static_cast<uint16_t*>(values), norms, slopes, scale},
        num_chunks);
  else
    run(Attention<float>{qkv, out, heads, size, list, tables, width, layer, layers,
                         static_cast<float*>(keys), static_cast<float*>(values), norms, slopes, scale},
        num_chunks);
}
}
