#include "payload/request_kinds.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

namespace nightjar {
namespace {

TEST(RequestKinds, have_unique_bits_and_names_and_a_sentence) {
  std::set<std::pair<Service, unsigned>> bits;
  std::set<std::pair<Service, std::string_view>> names;
  for (const RequestKind& kind : request_kinds()) {
    SCOPED_TRACE(std::string(name_of(kind.service)) + " " + std::string(kind.name));
    EXPECT_TRUE(kind.bit >= 1 && kind.bit <= 31) << "bit 0 is what is not known";
    EXPECT_TRUE(bits.insert({kind.service, kind.bit}).second);
    EXPECT_TRUE(names.insert({kind.service, kind.name}).second);
    EXPECT_FALSE(kind.name.empty());
    EXPECT_EQ(kind.name.find_first_of(" |\""), std::string_view::npos);
    EXPECT_GT(kind.sentence.size(), 5u);
  }
}

TEST(RequestKinds, are_there_for_every_service_without_a_gap) {
  std::map<Service, std::set<unsigned>> bits;
  for (const RequestKind& kind : request_kinds()) bits[kind.service].insert(kind.bit);
  for (std::size_t i = 1; i < kServices; ++i) {
    const auto service = static_cast<Service>(i);
    SCOPED_TRACE(name_of(service));
    ASSERT_FALSE(bits[service].empty());
    EXPECT_EQ(*bits[service].begin(), 1u);
    EXPECT_EQ(*bits[service].rbegin(), bits[service].size());
  }
  EXPECT_TRUE(bits[Service::unknown].empty());
}

TEST(RequestKinds, say_where_the_size_of_a_reply_is_from) {
  for (const RequestKind& kind : request_kinds()) {
    SCOPED_TRACE(std::string(name_of(kind.service)) + " " + std::string(kind.name));
    EXPECT_EQ(usual_reply(kind.service, kind.bit), kind.reply_bytes);
    if (kind.reply_bytes == 0) continue;
    bool source = false;
    for (const std::string_view word : {"plausible", "computed", "measured", "reported", "RFC", "TA14-017A", "servers gave"}) {
      source |= kind.sentence.find(word) != std::string_view::npos;
    }
    EXPECT_TRUE(source) << kind.sentence;
  }
}

// Frozen: bits in the lake mean this for ever.
TEST(RequestKinds, keep_their_bits) {
  EXPECT_EQ(kinds_text(Service::ntp, 1u << 6), "monlist");
  EXPECT_EQ(kinds_text(Service::dns, 1u << 3), "any");
  EXPECT_EQ(kinds_text(Service::dns, 1u << 15 | 1u << 17), "recursion edns-4096");
  EXPECT_EQ(kinds_text(Service::ssdp, 1u << 2), "ssdp:all");
  EXPECT_EQ(kinds_text(Service::memcached, 1u << 1), "stats");
  EXPECT_EQ(kinds_text(Service::quake, 1u << 6), "command");
  EXPECT_EQ(request_kinds().size(), 124u) << "one more kind? add it here, and a line above";
}

TEST(RequestKinds, are_read_out_in_words) {
  EXPECT_EQ(kinds_text(Service::ntp, 1u << 6 | 1u << 3), "readvar monlist");
  EXPECT_EQ(kinds_text(Service::ntp, 1), "other");
  EXPECT_EQ(kinds_text(Service::unknown, 1), "other");
  EXPECT_EQ(kinds_text(Service::ntp, 0), "");
  EXPECT_EQ(kinds_text(Service::ntp, 1u << 31 | 1), "other bit-31");
}

TEST(RequestKinds, stand_in_the_definitions) {
  std::ifstream file(NIGHTJAR_SOURCE_DIR "/docs/definitions.md");
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  std::string missing;
  for (const RequestKind& kind : request_kinds()) {
    std::string row = "| " + std::string(name_of(kind.service)) + " | " + std::to_string(kind.bit) + " | " + std::string(kind.name) + " | ";
    row += (kind.reply_bytes == 0 ? std::string() : std::to_string(kind.reply_bytes)) + " | " + std::string(kind.sentence) + " |\n";
    if (page.find(row) == std::string::npos) missing += row;
  }
  EXPECT_EQ(missing, "") << "lines that docs/definitions.md lacks";
}

}  // namespace
}  // namespace nightjar
