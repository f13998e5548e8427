#include "fingerprint/catalogue.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/time.hpp"
#include "fingerprint/classify.hpp"
#include "net/option_layout.hpp"
#include "support/packet_builder.hpp"

namespace nightjar {
namespace {

using test::packet;
using test::PacketBuilder;

std::set<std::string> names_of(const PacketBuilder& built) {
  const Packet decoded = built.decoded();
  const TrafficClass traffic_class = classify(decoded);
  std::set<std::string> names;
  for (const Fingerprint& entry : fingerprint_catalogue()) {
    if (entry.matches(facts_of(decoded), decoded.window, row_port(decoded, traffic_class), static_cast<std::uint8_t>(traffic_class))) {
      names.insert(std::string(entry.name));
    }
  }
  return names;
}

using Names = std::set<std::string>;

/// A SYN that no rule of the catalogue knows.
PacketBuilder plain_syn() { return packet().tcp().syn().port(8080).window(29200).ip_id(1).options({}, option_layout::kLinux); }

TEST(Catalogue, KnowsNothingOfAPlainSyn) { EXPECT_EQ(Names{}, names_of(plain_syn())); }

TEST(Catalogue, Mirai) {
  EXPECT_EQ((Names{"mirai", "irregular-syn"}), names_of(packet().tcp().syn().to("192.0.2.9").seq(0xc0000209).ip_id(77).port(23)));
  EXPECT_EQ(Names{}, names_of(plain_syn().ack().to("192.0.2.9").seq(0xc0000209))) << "a SYN only";
}

TEST(Catalogue, HajimeLike) {
  for (const std::uint16_t port : {22, 23, 81, 5358, 5555, 7547})
    EXPECT_EQ(Names{"hajime-like"}, names_of(plain_syn().window(14600).port(port)));
  for (const std::uint16_t port : {80, 443, 8080}) EXPECT_EQ(Names{}, names_of(plain_syn().window(14600).port(port)));
  EXPECT_EQ(Names{"mirai"}, names_of(plain_syn().window(14600).port(23).to("192.0.2.9").seq(0xc0000209))) << "Mirai comes first";
  EXPECT_EQ(Names{}, names_of(plain_syn().window(14601).port(23)));
}

TEST(Catalogue, Windows7) {
  EXPECT_EQ(Names{"windows-7"}, names_of(plain_syn().window(8192).port(445)));
  EXPECT_EQ(Names{}, names_of(plain_syn().window(8192).port(139)));
  EXPECT_EQ(Names{}, names_of(packet().tcp().syn().ack().window(8192).src_port(445).port(445))) << "a SYN only";
}

// Both relations below hold for packets of the real tools: 0x0001 ^ 0x1f90 ^ 0x1234 = 0x0da5.
TEST(Catalogue, MasscanOldAndNew) {
  const PacketBuilder relation = packet().tcp().syn().to("10.0.0.1").port(8080).seq(0xabcd1234).ip_id(0x0da5).ttl(255);
  EXPECT_EQ((Names{"masscan", "irregular-syn"}), names_of(PacketBuilder(relation).window(1024)));
  EXPECT_EQ((Names{"masscan", "irregular-syn"}), names_of(PacketBuilder(relation).window(1025).options({}, option_layout::kMssOnly)));
  EXPECT_EQ(Names{"masscan"}, names_of(PacketBuilder(relation).ttl(50).options({}, option_layout::kMssOnly)));
}

TEST(Catalogue, ZmapClassic) { EXPECT_EQ((Names{"zmap-classic", "irregular-syn"}), names_of(plain_syn().ip_id(54321))); }

TEST(Catalogue, Zmap41IsACandidate) {
  const PacketBuilder candidate = plain_syn().window(65535).options({}, option_layout::kWindows).ttl(50);
  EXPECT_EQ(Names{"zmap-4.1"}, names_of(candidate));
  EXPECT_EQ(Names{"zmap-4.1"}, names_of(PacketBuilder(candidate).ttl(20)));
  EXPECT_EQ(Names{}, names_of(PacketBuilder(candidate).ttl(65)));
  EXPECT_EQ(Names{}, names_of(PacketBuilder(candidate).dont_fragment()));
  EXPECT_EQ(Names{}, names_of(PacketBuilder(candidate).window(64240)));
  EXPECT_EQ(Names{}, names_of(PacketBuilder(candidate).options({}, option_layout::kLinux)));
  EXPECT_NE(std::string_view::npos, find_fingerprint("zmap-4.1")->sentence.find("Candidate"));
}

TEST(Catalogue, IrregularSyn) {
  EXPECT_EQ(Names{"irregular-syn"}, names_of(plain_syn().ttl(201)));
  EXPECT_EQ(Names{}, names_of(plain_syn().ttl(200)));
  EXPECT_EQ(Names{"irregular-syn"}, names_of(plain_syn().options({}, option_layout::kNone)));
}

TEST(Catalogue, TagsNothingButScans) {
  for (const Fingerprint& entry : fingerprint_catalogue()) {
    for (const TrafficClass traffic_class : {TrafficClass::backscatter, TrafficClass::request, TrafficClass::echo, TrafficClass::other}) {
      for (const std::uint16_t port : {23, 445}) {
        for (const std::uint16_t window : {8192, 14600, 65535}) {
          EXPECT_FALSE(entry.matches(0, window, port, static_cast<std::uint8_t>(traffic_class))) << entry.name;
        }
      }
    }
  }
}

TEST(Catalogue, SaysOfEveryEntryWhatItIsAndWhereFrom) {
  std::set<std::string_view> names;
  for (const Fingerprint& entry : fingerprint_catalogue()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name << " twice";
    EXPECT_FALSE(entry.sentence.empty()) << entry.name;
    EXPECT_FALSE(entry.source.empty()) << entry.name;
    EXPECT_NE(std::string_view::npos, entry.sql.find("class = 1")) << entry.name << " reads SYNs only";
    for (const std::string_view date : {entry.valid_from, entry.valid_to}) {
      EXPECT_TRUE(date.empty() || parse_day(date)) << entry.name << ": " << date;
    }
    EXPECT_EQ(&entry, find_fingerprint(entry.name));
  }
  EXPECT_EQ(7u, names.size());
}

TEST(Catalogue, ChanceIsThatOfTheRelation) {
  EXPECT_EQ(32, find_fingerprint("mirai")->chance_bits);
  EXPECT_EQ(16, find_fingerprint("masscan")->chance_bits);
  EXPECT_EQ(16, find_fingerprint("zmap-classic")->chance_bits);
  EXPECT_EQ(0, find_fingerprint("hajime-like")->chance_bits);
}

TEST(Catalogue, HasNoOtherNames) { EXPECT_EQ(nullptr, find_fingerprint("Mirai")); }

TEST(Catalogue, VersionIsANumberInText) {
  EXPECT_EQ(16u, catalogue_version().size());
  EXPECT_EQ(catalogue_version(), catalogue_version());
}

}  // namespace
}  // namespace nightjar
