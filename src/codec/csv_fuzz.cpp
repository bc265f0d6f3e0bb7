// Any bytes as delimited text in any layout: no crash, bounded, and the same records whatever the
// size of the reads. The first byte picks the layout.
#include <cstdlib>

#include "codec/csv.h"

namespace {

using namespace millrace::codec;

class SmallReads final : public ByteSource {
 public:
  SmallReads(std::string_view text, std::size_t step) : bytes_(text), step_(step) {}
  millrace::base::Result<std::size_t> read(std::span<char> into) override {
    return bytes_.read(into.first(std::min(into.size(), step_)));
  }

 private:
  TextBytes bytes_;
  std::size_t step_;
};

std::string digest(std::string_view text, CsvFormat format, std::size_t step) {
  SmallReads source(text, step);
  CsvReader reader(format, source);
  CsvRecord record;
  std::string all;
  while (true) {
    const auto more = reader.next(record);
    if (!more) return all + more.error().what;
    if (!*more) return all;
    all += std::to_string(record.line) + "/" + std::to_string(static_cast<int>(record.fault));
    if (record.fields.size() > format.fields_max) std::abort();
    for (const std::string_view field : record.fields) (all += '|') += field;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr char kDelimiters[] = {',', ';', '\t', kCsvBlanks};
  const CsvFormat format{.delimiter = kDelimiters[data[0] % 4],
                         .quote = data[0] & 4 ? '\0' : '"',
                         .record_bytes_max = data[0] & 8 ? 16U : 1U << 20,
                         .fields_max = data[0] & 16 ? 4U : 16384U};
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (digest(text, format, 1) != digest(text, format, 1U << 16)) std::abort();
  return 0;
}
