#include "enrich/geolocation_watch.hpp"

#include <sys/stat.h>

#include <utility>

#include "base/time.hpp"

namespace nightjar {

Result<std::unique_ptr<GeolocationWatch>> GeolocationWatch::open(std::vector<std::filesystem::path> files) {
  std::unique_ptr<GeolocationWatch> watch(new GeolocationWatch(std::move(files)));
  if (auto loaded = watch->refresh(); !loaded) return loaded.error();
  if (!watch->current()) {
    auto empty = Geolocation::load({});
    if (!empty) return empty.error();
    watch->current_ = std::move(*empty);
  }
  return watch;
}

std::shared_ptr<const Geolocation> GeolocationWatch::current() const {
  const std::lock_guard lock(current_mutex_);
  return current_;
}

Result<bool> GeolocationWatch::refresh() {
  const std::lock_guard lock(refresh_mutex_);
  // Taken before loading: a file that changes meanwhile is loaded again next time.
  Stamps now = stamps();
  if (now == tried_) {
    if (broken_) return *broken_;
    return false;
  }
  tried_ = std::move(now);
  auto loaded = Geolocation::load(files_);
  if (!loaded) {
    broken_ = loaded.error();
    return *broken_;
  }
  broken_.reset();
  const std::lock_guard pointer_lock(current_mutex_);
  current_ = std::move(*loaded);
  return true;
}

GeolocationWatch::Stamps GeolocationWatch::stamps() const {
  const auto nanos = [](const timespec& time) { return time.tv_sec * kNanosPerSecond + time.tv_nsec; };
  Stamps all;
  for (const std::filesystem::path& file : files_) {
    struct stat state {};
    if (::stat(file.c_str(), &state) != 0) {
      all.emplace_back();
    } else {
      all.emplace_back(Stamp{state.st_dev, state.st_ino, state.st_size, nanos(state.st_mtim), nanos(state.st_ctim)});
    }
  }
  return all;
}

}  // namespace nightjar
