#include "capture/reader.hpp"

#include "capture/stream_reader.hpp"

namespace nightjar {

Result<std::unique_ptr<CaptureReader>> CaptureReader::open(const std::filesystem::path& path, Options options) {
  Result<std::unique_ptr<ByteSource>> source = open_file_source(path);
  if (!source) return source.error();
  return StreamReader::open(std::move(source).value(), capture_name(path), options);
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::open_bytes(std::span<const std::uint8_t> bytes, Options options) {
  return StreamReader::open(make_memory_source(bytes), "the capture", options);
}

}  // namespace nightjar
