#include "ingest/standard_input.hpp"

#include "base/file.hpp"
#include "capture/stream_digest.hpp"

namespace nightjar {

Result<Admission> StandardInput::admit(const KnownCaptures& known) {
  const std::span<const std::uint8_t> head = input_.head();
  if (known.may_begin_like(head)) {
    if (auto done = put_aside(); !done) return done.error();
    return known.admit(path_, FileLook{"-", 0, 0});
  }
  Admission admission;
  if (head.size() == kHeadBytes) {
    StreamDigest digest;
    digest.update(head.data(), head.size());
    admission.head_bytes = kHeadBytes;
    admission.head_digest = format(digest.value());
  }
  return admission;
}

Result<std::unique_ptr<CaptureReader>> StandardInput::open(const CaptureReader::Options& options) {
  return path_ == "-" ? input_.open(options) : CaptureReader::open(path_, options);
}

Result<void> StandardInput::put_aside() {
  const LakeLayout layout{lake_};
  if (auto made = make_folders(layout.tmp()); !made) return made;
  aside_.emplace(layout);
  if (aside_->folder().empty()) return Error{"cannot hold a folder in " + layout.tmp().string() + " to put standard input aside"};
  if (auto made = make_folders(aside_->folder()); !made) return made;
  const auto file = aside_->folder() / "standard-input";
  if (auto done = input_.put_aside(file); !done) return done;
  path_ = file;
  return {};
}

}  // namespace nightjar
