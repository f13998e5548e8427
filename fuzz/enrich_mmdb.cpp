// mmdb files: refused with a sentence, or every address has an answer. The library reads files only, so one in memory.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "enrich/mmdb.hpp"

/// libmaxminddb 1.7 loses about 5 kB when the languages or descriptions of a file's metadata are damaged.
extern "C" const char* __lsan_default_suppressions() { return "leak:libmaxminddb"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  static const int file = ::memfd_create("fuzz.mmdb", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (file < 0 || ::ftruncate(file, 0) != 0 || ::pwrite(file, bytes, size, 0) != static_cast<ssize_t>(size)) std::abort();
  if (!looks_like_mmdb(path)) std::abort();
  auto read = read_mmdb(path);
  if (!read) {
    if (read.error().sentence.find(path) == std::string::npos) std::abort();
    return 0;
  }
  // The index of a table is large beside a small input: build it for some inputs only.
  if (size % 16 != 0) return 0;
  read->finish();
  for (std::uint32_t address = 0; address < 256; ++address) {
    (void)read->names.find(read->asn4.find({address << 24}));
    (void)read->country4.find({address << 24});
    (void)read->country6.find({std::uint64_t{address} << 56, address});
  }
  return 0;
}
