// Speaks a text with libespeak-ng into a WAV file and prints when each phone begins: "START_SECONDS<tab>IPA" per line.
// Usage: espeak-times VOICE WORDS_PER_MINUTE PITCH OUT.wav < TEXT
#include <espeak-ng/speak_lib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static short *samples;
static size_t sample_count, sample_room;

static int keep(short *wav, int count, espeak_EVENT *events) {
  for (; events->type != espeakEVENT_LIST_TERMINATED; events++) {
    if (events->type == espeakEVENT_PHONEME) {
      char name[sizeof(events->id.string) + 1] = {0};
      memcpy(name, events->id.string, sizeof(events->id.string));
      printf("%.4f\t%s\n", events->audio_position / 1000.0, name);
    }
  }
  if (wav == NULL) return 0;
  if (sample_count + count > sample_room) {
    sample_room = (sample_count + count) * 2;
    samples = realloc(samples, sample_room * sizeof(short));
    if (samples == NULL) return 1;
  }
  memcpy(samples + sample_count, wav, count * sizeof(short));
  sample_count += count;
  return 0;
}

static void put32(FILE *file, uint32_t value) { fwrite(&value, 4, 1, file); }
static void put16(FILE *file, uint16_t value) { fwrite(&value, 2, 1, file); }

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: espeak-times VOICE WORDS_PER_MINUTE PITCH OUT.wav < TEXT\n");
    return 2;
  }
  static char text[65536];
  size_t length = fread(text, 1, sizeof text - 1, stdin);
  text[length] = 0;
  int rate = espeak_Initialize(AUDIO_OUTPUT_RETRIEVAL, 0, NULL,
                               espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_PHONEME_IPA);
  if (rate < 0 || espeak_SetVoiceByName(argv[1]) != EE_OK) {
    fprintf(stderr, "espeak-ng has no voice \"%s\"\n", argv[1]);
    return 1;
  }
  espeak_SetParameter(espeakRATE, atoi(argv[2]), 0);
  espeak_SetParameter(espeakPITCH, atoi(argv[3]), 0);
  espeak_SetSynthCallback(keep);
  if (espeak_Synth(text, length + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, NULL, NULL) != EE_OK) return 1;
  espeak_Synchronize();

  FILE *file = fopen(argv[4], "wb");
  if (file == NULL) {
    perror(argv[4]);
    return 1;
  }
  uint32_t bytes = (uint32_t)(sample_count * 2);
  fwrite("RIFF", 1, 4, file);
  put32(file, 36 + bytes);
  fwrite("WAVEfmt ", 1, 8, file);
  put32(file, 16);
  put16(file, 1);
  put16(file, 1);
  put32(file, (uint32_t)rate);
  put32(file, (uint32_t)rate * 2);
  put16(file, 2);
  put16(file, 16);
  fwrite("data", 1, 4, file);
  put32(file, bytes);
  fwrite(samples, 2, sample_count, file);
  return fclose(file) == 0 ? 0 : 1;
}
