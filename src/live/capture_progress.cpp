#include "live/capture_progress.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <new>

namespace nightjar {

Result<CaptureProgress*> CaptureProgress::create() {
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<std::uint32_t>::is_always_lock_free);
  void* memory = mmap(nullptr, sizeof(CaptureProgress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return errno_error("no memory for the state of a capture", errno);
  return new (memory) CaptureProgress();
}

}  // namespace nightjar
