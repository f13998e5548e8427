#include "enrich/geolocation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "enrich/origin_of.hpp"
#include "support/mmdb_builder.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using testing::HasSubstr;
using Mmdb = MmdbBuilder;

class GeolocationTest : public testing::Test {
 protected:
  std::filesystem::path mmdb(const char* name, const Mmdb& content) { return folder_.write(name, content.build()); }
  std::string error(const std::vector<std::filesystem::path>& files) {
    const auto data = Geolocation::load(files);
    return data ? "loaded" : data.error().sentence;
  }
  TempFolder folder_;
};

TEST_F(GeolocationTest, KnowsNothingWithoutFiles) {
  const auto data = Geolocation::load({});
  ASSERT_TRUE(data);
  EXPECT_EQ(origin_of(**data, "8.8.8.8"), "- -");
  EXPECT_EQ((*data)->as_name(15169), "");
  EXPECT_TRUE((*data)->sources().empty());
}

TEST_F(GeolocationTest, PutsTogetherWhatSeveralFilesKnow) {
  const auto data = Geolocation::load({mmdb("country.mmdb", Mmdb("GeoLite2-Country").add("81.2.69.0/24", Mmdb::country("GB"))),
                                       mmdb("flat.mmdb", Mmdb("country ipvAll").add("2400::/12", Mmdb::country_code("AU"))),
                                       mmdb("asn.mmdb", Mmdb("GeoLite2-ASN").add("81.2.0.0/16", Mmdb::as(20712, "Andrews & Arnold Ltd"))),
                                       folder_.write("as.csv", "2400::,2400::ffff,7,Seven\n")});
  ASSERT_TRUE(data) << data.error().sentence;
  EXPECT_EQ(origin_of(**data, "81.2.69.1"), "GB 20712");
  EXPECT_EQ(origin_of(**data, "81.2.70.1"), "- 20712");
  EXPECT_EQ(origin_of(**data, "2400::1"), "AU 7");
  EXPECT_EQ((*data)->as_name(20712), "Andrews & Arnold Ltd");
  EXPECT_EQ((*data)->as_name(7), "Seven");
  EXPECT_EQ((*data)->sources().size(), 4U);
}

TEST_F(GeolocationTest, LetsTheFirstFileThatKnowsAnAddressAnswer) {
  const auto mine = mmdb("mine.mmdb", Mmdb("Mine").add("81.2.69.0/24", Mmdb::country("JP")));
  const auto other = mmdb("other.mmdb", Mmdb("Other").add("81.2.0.0/16", Mmdb::country("GB")));
  EXPECT_EQ(origin_of(**Geolocation::load({mine, other}), "81.2.69.1"), "JP -");
  EXPECT_EQ(origin_of(**Geolocation::load({mine, other}), "81.2.70.1"), "GB -");
  EXPECT_EQ(origin_of(**Geolocation::load({other, mine}), "81.2.69.1"), "GB -");
}

TEST_F(GeolocationTest, GivesReservedAddressesNoOriginWhateverTheDataSay) {
  const auto data =
      Geolocation::load({mmdb("all.mmdb", Mmdb("Test").add("0.0.0.0/1", Mmdb::country("GB")).add("128.0.0.0/1", Mmdb::country("JP"))),
                         folder_.write("as.csv", "0.0.0.0,255.255.255.255,5,Five\n2000::,3fff:ffff::,6,Six\n")});
  ASSERT_TRUE(data) << data.error().sentence;
  EXPECT_EQ(origin_of(**data, "9.255.255.255"), "GB 5");
  EXPECT_EQ(origin_of(**data, "10.0.0.0"), "- -");
  EXPECT_EQ(origin_of(**data, "198.18.0.1"), "- -");
  EXPECT_EQ(origin_of(**data, "224.0.0.1"), "- -");
  EXPECT_EQ(origin_of(**data, "2400::1"), "- 6");
  EXPECT_EQ(origin_of(**data, "2001:db8::1"), "- -");
}

TEST_F(GeolocationTest, RecognisesKindsByContentNotByName) {
  const auto data = Geolocation::load({mmdb("country.csv", Mmdb("Test").add("81.2.69.0/24", Mmdb::country("GB"))),
                                       folder_.write("as.mmdb", "81.2.0.0,81.2.255.255,5,Five\n")});
  ASSERT_TRUE(data) << data.error().sentence;
  EXPECT_EQ(origin_of(**data, "81.2.69.1"), "GB 5");
}

TEST_F(GeolocationTest, SaysWhatIsWrongWithAFile) {
  EXPECT_THAT(error({folder_ / "missing.mmdb"}),
              testing::EndsWith("cannot open " + (folder_ / "missing.mmdb").string() + ": No such file or directory"));
  EXPECT_THAT(error({folder_.path()}), HasSubstr("is a folder"));
  EXPECT_THAT(error({folder_.write("empty.mmdb", "")}), HasSubstr("empty.mmdb is empty"));
  EXPECT_THAT(error({folder_.write("noise", std::string("\x7f"
                                                        "ELF\0\1\2",
                                                        7))}),
              HasSubstr("noise is no CSV of AS ranges, and lacks the metadata"));
  EXPECT_THAT(error({folder_.write("words.txt", "hello\n")}), HasSubstr("words.txt:1: no first address in \"hello\""));
}

TEST_F(GeolocationTest, SaysThatAFileMayNotBeRead) {
  const auto file = folder_.write("closed.csv", "1.0.0.0,1.0.0.1,5,a\n");
  std::filesystem::permissions(file, std::filesystem::perms::none);
  // Root may read everything, so root becomes "nobody" for a moment.
  const uid_t user = ::geteuid();
  ASSERT_TRUE(user != 0 || ::seteuid(65534) == 0);
  const std::string sentence = error({file});
  ASSERT_TRUE(user != 0 || ::seteuid(0) == 0);
  EXPECT_THAT(sentence, HasSubstr("Permission denied"));
}

TEST_F(GeolocationTest, RefusesAllWhenOneOfSeveralIsBroken) {
  EXPECT_THAT(error({mmdb("good.mmdb", Mmdb("Test").add("81.2.69.0/24", Mmdb::country("GB"))), folder_.write("bad.csv", "x\n")}),
              HasSubstr("bad.csv:1"));
}

}  // namespace
}  // namespace nightjar
