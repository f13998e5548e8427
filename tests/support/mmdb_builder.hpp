#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/address.hpp"

namespace nightjar {

/// Makes small mmdb files by the format's description (maxmind.github.io/MaxMind-DB), version 2.0, without pointers.
class MmdbBuilder {
 public:
  explicit MmdbBuilder(std::string type, int ip_version = 6, int record_bits = 24)
      : type_(std::move(type)), ip_version_(ip_version), record_bits_(record_bits) {}

  /// Values of a record, encoded.
  static std::string text(std::string_view value) { return control(2, value.size()) + std::string(value); }
  static std::string uint16(std::uint16_t value) { return number(5, value); }
  static std::string uint32(std::uint32_t value) { return number(6, value); }
  static std::string uint64(std::uint64_t value) { return number(9, value); }
  using Fields = std::vector<std::pair<std::string, std::string>>;
  static std::string map(const Fields& fields) {
    std::string bytes = control(7, fields.size());
    for (const auto& [key, value] : fields) bytes += text(key) + value;
    return bytes;
  }
  /// MaxMind's layouts.
  static std::string country(std::string_view iso_code) { return map({{"country", map({{"iso_code", text(iso_code)}})}}); }
  static std::string as(std::uint32_t number, std::string_view name) {
    return map({{"autonomous_system_number", uint32(number)}, {"autonomous_system_organization", text(name)}});
  }
  /// ip-location-db's.
  static std::string country_code(std::string_view code) { return map({{"country_code", text(code)}}); }

  /// A later prefix inside an earlier one wins.
  MmdbBuilder& add(std::string_view prefix, std::string_view record) {
    const int data = kFirstData - static_cast<int>(offsets_.size());
    offsets_.push_back(data_.size());
    data_ += record;
    return put(parse(prefix), data);
  }
  /// Lets a prefix lead into the IPv4 part of an IPv6 tree, as MaxMind does for 2002::/16. After all IPv4 prefixes.
  MmdbBuilder& alias_ipv4(std::string_view prefix) {
    int node = 0;
    for (int i = 0; i < 96; ++i) node = nodes_[static_cast<std::size_t>(node)][0];
    return put(parse(prefix), node);
  }
  /// Lets a prefix lead back to the root: a loop, as no honest file has it.
  MmdbBuilder& loop(std::string_view prefix) { return put(parse(prefix), 0); }

  std::string build() const {
    std::string file;
    const std::uint64_t count = nodes_.size();
    for (const auto& node : nodes_) {
      std::array<std::uint64_t, 2> record;
      for (std::size_t side = 0; side < 2; ++side) {
        const int child = node[side];
        record[side] = child >= 0        ? static_cast<std::uint64_t>(child)
                       : child == kEmpty ? count
                                         : count + 16 + offsets_[static_cast<std::size_t>(kFirstData - child)];
      }
      if (record_bits_ == 28) {
        file += big_endian(record[0], 3) + static_cast<char>((record[0] >> 24) << 4 | record[1] >> 24) + big_endian(record[1], 3);
      } else {
        file += big_endian(record[0], record_bits_ / 8) + big_endian(record[1], record_bits_ / 8);
      }
    }
    file += std::string(16, '\0') + data_ + "\xab\xcd\xefMaxMind.com";
    return file + map({{"node_count", uint32(static_cast<std::uint32_t>(node_count_ != 0 ? node_count_ : count))},
                       {"record_size", uint16(static_cast<std::uint16_t>(record_bits_))},
                       {"ip_version", uint16(static_cast<std::uint16_t>(ip_version_))},
                       {"database_type", text(type_)},
                       {"languages", control(11, 0)},
                       {"binary_format_major_version", uint16(2)},
                       {"binary_format_minor_version", uint16(0)},
                       {"build_epoch", uint64(1'511'395'200)},  // 2017-11-23
                       {"description", map({})}});
  }
  /// Lets the metadata lie about the size of the tree.
  MmdbBuilder& claim_nodes(std::uint64_t count) {
    node_count_ = count;
    return *this;
  }

 private:
  static constexpr int kEmpty = -1;
  static constexpr int kFirstData = -2;  ///< and downwards

  static std::string big_endian(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
    return text;
  }
  static std::string control(int type, std::size_t size) {
    const std::size_t inline_size = size < 29 ? size : size < 29 + 256 ? 29 : 30;
    std::string bytes(1, static_cast<char>((type < 8 ? type << 5 : 0) | static_cast<int>(inline_size)));
    if (type >= 8) bytes += static_cast<char>(type - 7);
    if (inline_size == 29) bytes += static_cast<char>(size - 29);
    if (inline_size == 30) bytes += big_endian(size - 285, 2);
    return bytes;
  }
  static std::string number(int type, std::uint64_t value) {
    int bytes = 0;
    while (bytes < 8 && value >> (8 * bytes) != 0) ++bytes;
    return control(type, static_cast<std::size_t>(bytes)) + big_endian(value, bytes);
  }
  static Prefix parse(std::string_view text) {
    auto prefix = parse_prefix(text);
    if (!prefix) throw std::invalid_argument(prefix.error().sentence);
    return *prefix;
  }

  MmdbBuilder& put(const Prefix& prefix, int target) {
    std::vector<bool> bits;
    if (prefix.first.version == 4 && ip_version_ == 6) bits.resize(96);
    const auto append = [&bits](std::uint64_t part, int width, int count) {
      for (int i = 0; i < count; ++i) bits.push_back((part >> (width - 1 - i) & 1) != 0);
    };
    if (prefix.first.version == 4) {
      append(prefix.first.high, 32, prefix.length);
    } else {
      append(prefix.first.high, 64, std::min<int>(prefix.length, 64));
      append(prefix.first.low, 64, std::max(prefix.length - 64, 0));
    }
    if (bits.empty()) throw std::invalid_argument("a tree has no record for all addresses");
    std::size_t node = 0;
    for (std::size_t i = 0; i + 1 < bits.size(); ++i) {
      const int child = nodes_[node][bits[i]];
      if (child < 0) {
        nodes_[node][bits[i]] = static_cast<int>(nodes_.size());
        nodes_.push_back({child, child});
      }
      node = static_cast<std::size_t>(nodes_[node][bits[i]]);
    }
    nodes_[node][bits.back()] = target;
    return *this;
  }

  std::string type_;
  int ip_version_, record_bits_;
  std::uint64_t node_count_ = 0;
  std::vector<std::array<int, 2>> nodes_ = {{kEmpty, kEmpty}};
  std::vector<std::uint64_t> offsets_;
  std::string data_;
};

}  // namespace nightjar
