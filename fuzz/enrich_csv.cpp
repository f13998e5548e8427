// AS ranges as CSV, line by line: no input may do more than be refused with a sentence.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "enrich/as_csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  GeolocationFile file;
  file.source.path = "fuzz.csv";
  const std::string lines = std::string(reinterpret_cast<const char*>(bytes), size) + '\n';
  const auto read = AsCsv(file).read_lines(lines);
  if (!read && !read.error().sentence.starts_with("fuzz.csv:")) std::abort();
  // The index of a table is large beside a small input: build it for some inputs only.
  if (size % 16 != 0) return 0;
  file.finish();
  for (std::uint32_t address = 0; address < 256; ++address) {
    const std::uint32_t asn = file.asn4.find({address << 24});
    if (asn != 0) file.names.find(asn);
    file.asn6.find({std::uint64_t{address} << 56, address});
  }
  return 0;
}
