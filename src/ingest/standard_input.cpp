#include "ingest/standard_input.hpp"

#include <unistd.h>

#include "base/file.hpp"

namespace nightjar {

StandardInput::~StandardInput() {
  std::error_code ignored;
  if (!aside_.empty()) std::filesystem::remove(aside_, ignored);
}

Result<Admission> StandardInput::admit(const KnownCaptures& known) {
  if (known.empty()) return Admission{};
  if (auto made = make_folders(lake_ / "tmp"); !made) return made.error();
  aside_ = lake_ / "tmp" / ("standard-input-" + std::to_string(::getpid()));
  if (auto spooled = spool_standard_input(aside_); !spooled) return spooled.error();
  path_ = aside_;
  return known.admit(aside_, FileLook{"-", 0, 0});
}

}  // namespace nightjar
