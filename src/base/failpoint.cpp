#include "base/failpoint.hpp"

#include <csignal>
#include <cstdlib>
#include <string>

#include <unistd.h>

namespace nightjar {

const std::vector<std::string_view>& failpoints() {
  static const std::vector<std::string_view> names = {
      "ingest.batch-begun",       // a batch has its number, nothing is written
      "ingest.capture-read",      // a capture was read to its end
      "store.file-written",       // a Parquet file is written, not yet flushed
      "store.files-synced",       // all files of the batch are on the disk
      "store.manifest-written",   // the batch's manifest is on the disk
      "store.version-prepared",   // the next version is written aside
      "store.version-published",  // the next version is visible
      "compact.merged",           // merged files are written, the old ones still listed
      "compact.published",        // the version with the merged files is visible
      "store.sweep",              // before files that no version lists are deleted
  };
  return names;
}

Result<void> failpoint(std::string_view name) {
  static const char* const setting = std::getenv("NIGHTJAR_FAILPOINT");
  if (setting == nullptr) return {};
  const std::string_view wanted(setting);
  const std::size_t equals = wanted.find('=');
  if (equals == std::string_view::npos || wanted.substr(0, equals) != name) return {};
  const std::string_view action = wanted.substr(equals + 1);
  if (action == "error") return Error{"failpoint " + std::string(name) + ": No space left on device"};
  static int passes = 0;
  const int at = action.size() > 5 ? std::atoi(std::string(action.substr(5)).c_str()) : 1;
  if (++passes >= at) {
    ::kill(::getpid(), SIGKILL);
    ::pause();
  }
  return {};
}

}  // namespace nightjar
