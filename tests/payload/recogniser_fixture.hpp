#pragma once
// Payloads as text into a Recogniser with the program's own signatures; ids of tags out.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/packet.hpp"
#include "payload/recogniser.hpp"

namespace nightjar::test {

inline std::shared_ptr<const SignatureSet> own_signatures() {
  static const std::shared_ptr<const SignatureSet> kSet = [] {
    auto set = SignatureSet::load();
    EXPECT_TRUE(set) << (set ? "" : set.error().sentence);
    return set ? *set : nullptr;
  }();
  return kSet;
}

inline Recogniser make_recogniser(std::shared_ptr<const SignatureSet> signatures = own_signatures()) {
  auto made = Recogniser::make(std::move(signatures));
  EXPECT_TRUE(made);
  return std::move(*made);
}

inline Recognition recognised(std::string_view payload, std::uint16_t port = 80, std::uint8_t number = protocol::kTcp) {
  static Recogniser recogniser = make_recogniser();
  return recogniser.recognise({reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()}, number, port);
}

using Ids = std::vector<std::string>;
inline Ids ids_of(const Recognition& recognition) {
  Ids ids;
  for (const Tag& tag : recognition.tags) ids.push_back(tag.signature->id);
  return ids;
}
inline Ids tags_of(std::string_view payload, std::uint16_t port = 80) { return ids_of(recognised(payload, port)); }

inline bool has(const Ids& ids, std::string_view id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

inline std::string request(const std::string& line, const std::string& headers = {}, const std::string& body = {}) {
  return line + " HTTP/1.1\r\nHost: 198.51.100.7\r\n" + headers + "\r\n" + body;
}

/// What each more byte of a payload adds to its tags, and nothing ever goes: the length at which each tag comes first.
inline std::vector<std::pair<std::string, std::size_t>> growing_tags(std::string_view payload) {
  std::vector<std::pair<std::string, std::size_t>> came;
  Ids before;
  for (std::size_t size = 0; size <= payload.size(); ++size) {
    const Ids now = tags_of(payload.substr(0, size));
    for (const std::string& id : before) EXPECT_TRUE(has(now, id)) << id << " is lost at byte " << size;
    for (const std::string& id : now) {
      if (!has(before, id)) came.emplace_back(id, size);
    }
    before = now;
  }
  return came;
}

}  // namespace nightjar::test
