#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/byte_source.hpp"
#include "capture/reader.hpp"
#include "capture/stream_digest.hpp"

namespace nightjar::test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Numbers in one byte order, one after the other.
class Writer {
 public:
  explicit Writer(bool big_endian) : big_endian_(big_endian) {}
  Writer& u8(std::uint8_t value) { return number(value, 1); }
  Writer& u16(std::uint16_t value) { return number(value, 2); }
  Writer& u32(std::uint32_t value) { return number(value, 4); }
  Writer& u64(std::uint64_t value) { return number(value, 8); }
  Writer& bytes(const Bytes& more) {
    bytes_ = bytes_ + more;
    return *this;
  }
  operator Bytes() const { return bytes_; }

 private:
  Writer& number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> 8 * (big_endian_ ? size - 1 - i : i)));
    return *this;
  }
  bool big_endian_;
  Bytes bytes_;
};

/// Content of which every byte is known: first, first + 1 ...
inline Bytes counting(std::size_t size, std::uint8_t first = 0) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(first + i);
  return bytes;
}

/// Of the first `size` bytes.
inline Digest digest_of(const Bytes& bytes, std::size_t size) {
  StreamDigest digest;
  digest.update(bytes.data(), size);
  return digest.value();
}

// Classic pcap.
inline constexpr std::uint32_t kMicro = 0xa1b2c3d4, kNano = 0xa1b23c4d, kModified = 0xa1b2cd34;
struct PcapHeader {
  std::uint32_t magic = kMicro;
  bool big_endian = false;
  std::uint16_t major = 2, minor = 4;
  std::uint32_t snapshot_length = 65535;
  std::uint32_t link_type = 1;
};
inline Bytes pcap_header(const PcapHeader& h = {}) {
  return Writer(h.big_endian).u32(h.magic).u16(h.major).u16(h.minor).u64(0).u32(h.snapshot_length).u32(h.link_type);
}
struct PcapRecord {
  std::uint32_t seconds = 1500000000, fraction = 0;
  std::optional<std::uint32_t> captured = {}, original = {};  ///< else the data's size
  Bytes extra = {};                                           ///< between header and data ("modified")
  bool big_endian = false;
};
inline Bytes pcap_record(const Bytes& data, const PcapRecord& r = {}) {
  const auto size = static_cast<std::uint32_t>(data.size());
  return Writer(r.big_endian)
      .u32(r.seconds)
      .u32(r.fraction)
      .u32(r.captured.value_or(size))
      .u32(r.original.value_or(size))
      .bytes(r.extra)
      .bytes(data);
}

/// A reader's packets, copied out of its blocks.
struct ReadPacket {
  std::int64_t time_ns;
  Bytes bytes;
  std::uint32_t original;
  std::uint16_t link_type;
  friend bool operator==(const ReadPacket&, const ReadPacket&) = default;
};
struct ReadCapture {
  std::string error;  ///< of `open`; nothing else is set then
  std::vector<ReadPacket> packets;
  CaptureFacts facts;
  bool stopped = false;
};
inline ReadCapture read_all(Result<std::unique_ptr<CaptureReader>> reader) {
  ReadCapture read;
  if (!reader) {
    read.error = reader.error().sentence;
    return read;
  }
  // Blocks are kept to the end: what they point into must still be there.
  std::vector<PacketBlock> blocks(1);
  while ((*reader)->next(blocks.back())) blocks.emplace_back();
  read.facts = (*reader)->facts();
  read.stopped = (*reader)->stopped();
  reader->reset();
  for (const PacketBlock& block : blocks) {
    for (const RawPacket& p : block.packets) {
      read.packets.push_back({p.time_ns, Bytes(p.bytes, p.bytes + p.captured), p.original, p.link_type});
    }
  }
  return read;
}
inline ReadCapture read_bytes(const Bytes& bytes, CaptureReader::Options options = {}) {
  return read_all(CaptureReader::open_bytes(bytes, options));
}

/// Breaks off with an error of the disk after some bytes.
class FailingSource : public ByteSource {
 public:
  explicit FailingSource(Bytes bytes) : bytes_(std::move(bytes)), memory_(make_memory_source(bytes_)) {}
  std::size_t read(std::uint8_t* to, std::size_t size) override {
    const std::size_t got = memory_->read(to, size);
    if (got == 0) failure_ = "reading failed at byte 5 of the file: Input/output error";
    return got;
  }
  const std::optional<std::string>& damage() const override { return none_; }
  const std::optional<std::string>& failure() const override { return failure_; }
  std::uint64_t consumed() const override { return memory_->consumed(); }
  std::uint64_t file_size() const override { return 0; }

 private:
  Bytes bytes_;
  std::unique_ptr<ByteSource> memory_;
  std::optional<std::string> failure_, none_;
};

inline constexpr const char* kFailure = "reading failed at byte 5 of the file: Input/output error";

// pcapng: blocks with their length at both ends and padding to 32 bits.
inline Bytes padded(Bytes bytes) {
  bytes.resize((bytes.size() + 3) / 4 * 4);
  return bytes;
}
inline Bytes block(std::uint32_t type, const Bytes& body, bool big = false) {
  const auto size = static_cast<std::uint32_t>(padded(body).size() + 12);
  return Writer(big).u32(type).u32(size).bytes(padded(body)).u32(size);
}
inline Bytes option(std::uint16_t code, const Bytes& value, bool big = false) {
  return Writer(big).u16(code).u16(static_cast<std::uint16_t>(value.size())).bytes(padded(value));
}
inline Bytes section(bool big = false, std::uint16_t major = 1) {
  return block(0x0a0d0d0a, Writer(big).u32(0x1a2b3c4d).u16(major).u16(0).u64(~0ULL), big);
}
inline Bytes interface(std::uint16_t link_type = 1, const Bytes& options = {}, bool big = false, std::uint32_t snapshot_length = 0) {
  return block(1, Writer(big).u16(link_type).u16(0).u32(snapshot_length).bytes(options), big);
}
struct EnhancedPacket {
  std::uint32_t interface = 0;
  std::uint64_t ticks = 1'500'000'000'000'000;
  std::optional<std::uint32_t> captured = {}, original = {};
};
inline Bytes enhanced_packet(const Bytes& data, const EnhancedPacket& p = {}, bool big = false) {
  const auto size = static_cast<std::uint32_t>(data.size());
  return block(6,
               Writer(big)
                   .u32(p.interface)
                   .u32(static_cast<std::uint32_t>(p.ticks >> 32))
                   .u32(static_cast<std::uint32_t>(p.ticks))
                   .u32(p.captured.value_or(size))
                   .u32(p.original.value_or(size))
                   .bytes(data),
               big);
}

// ERF: `content` is everything behind the first 16 bytes.
struct ErfRecord {
  std::uint8_t type = 2;
  std::uint32_t seconds = 1500000000, fraction = 0;
  std::uint16_t wire = 60;
  std::optional<std::uint16_t> size = {};
};
inline Bytes erf_record(const Bytes& content, const ErfRecord& r = {}) {
  const auto size = static_cast<std::uint16_t>(content.size() + 16);
  const Bytes time = Writer(false).u32(r.fraction).u32(r.seconds);
  return Writer(true).bytes(time).u8(r.type).u8(4).u16(r.size.value_or(size)).u16(0).u16(r.wire).bytes(content);
}

}  // namespace nightjar::test
