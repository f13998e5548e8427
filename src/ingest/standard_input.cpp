#include "ingest/standard_input.hpp"

#include "base/file.hpp"

namespace nightjar {

Result<Admission> StandardInput::admit(const KnownCaptures& known) {
  if (known.empty()) return Admission{};
  const LakeLayout layout{lake_};
  if (auto made = make_folders(layout.tmp()); !made) return made.error();
  aside_.emplace(layout);
  if (aside_->folder().empty()) return Error{"cannot hold a folder in " + layout.tmp().string() + " to put standard input aside"};
  if (auto made = make_folders(aside_->folder()); !made) return made.error();
  const auto file = aside_->folder() / "standard-input";
  if (auto spooled = spool_standard_input(file); !spooled) return spooled.error();
  path_ = file;
  return known.admit(path_, FileLook{"-", 0, 0});
}

}  // namespace nightjar
