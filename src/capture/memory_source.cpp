#include <algorithm>
#include <cstring>

#include "capture/byte_source.hpp"

namespace nightjar {
namespace {

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::size_t read(std::uint8_t* to, std::size_t size) override {
    const std::size_t count = std::min(size, bytes_.size() - at_);
    if (count > 0) std::memcpy(to, bytes_.data() + at_, count);
    at_ += count;
    return count;
  }
  const std::optional<std::string>& damage() const override { return none_; }
  const std::optional<std::string>& failure() const override { return none_; }
  std::uint64_t consumed() const override { return at_; }
  std::uint64_t file_size() const override { return bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  std::optional<std::string> none_;
};

}  // namespace

std::unique_ptr<ByteSource> make_memory_source(std::span<const std::uint8_t> bytes) { return std::make_unique<MemorySource>(bytes); }

}  // namespace nightjar
