#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "enrich/geolocation.hpp"
#include "enrich/origin_of.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using testing::ElementsAre;

class DefaultFiles : public testing::Test {
 protected:
  ~DefaultFiles() override { ::unsetenv("NIGHTJAR_GEODATA"); }
  std::vector<std::string> with_list(const std::string& list) {
    ::setenv("NIGHTJAR_GEODATA", list.c_str(), 1);
    std::vector<std::string> names;
    for (const auto& file : default_geolocation_files()) names.push_back(file.lexically_relative(folder_.path()).string());
    return names;
  }
  TempFolder folder_;
};

TEST_F(DefaultFiles, AreNoneWhenTheListIsEmpty) { EXPECT_THAT(with_list(""), ElementsAre()); }

TEST_F(DefaultFiles, AreTheFilesOfTheListInItsOrderEvenIfMissing) {
  folder_.write("b.mmdb", "");
  EXPECT_THAT(with_list((folder_ / "b.mmdb").string() + "::" + (folder_ / "a.csv").string()), ElementsAre("b.mmdb", "a.csv"));
}

TEST_F(DefaultFiles, AreEachSetOfDataOfAFolderOnce) {
  for (const char* name : {"asn/asn-ipv4.csv", "asn/asn-ipv4-num.csv", "asn/asn-ipv6.csv", "asn/README.md", "geo/country.mmdb",
                           "geo/country-ipv4.mmdb", "geo/country-ipv6.mmdb", "half/city-ipv4.mmdb"}) {
    folder_.write(name, "");
  }
  EXPECT_THAT(with_list(folder_.path().string()),
              ElementsAre("asn/asn-ipv4-num.csv", "asn/asn-ipv6.csv", "geo/country.mmdb", "half/city-ipv4.mmdb"));
}

// Facts that hold whatever the date of the data: the resolver of Google is Google's, and 1.0.0.0/24 is Cloudflare's.
TEST_F(DefaultFiles, AreFoundAboveTheProgramAndKnowTheInternet) {
  ::unsetenv("NIGHTJAR_GEODATA");
  const auto files = default_geolocation_files();
  if (files.empty()) GTEST_SKIP() << "the geolocation data are not there: npm ci puts them into node_modules";
  const auto data = Geolocation::load(files);
  ASSERT_TRUE(data) << data.error().sentence;
  EXPECT_EQ(origin_of(**data, "8.8.8.8"), "US 15169");
  EXPECT_EQ(origin_of(**data, "2001:4860:4860::8888"), "US 15169");
  EXPECT_EQ((*data)->as_name(13335), "Cloudflare, Inc.");
  EXPECT_EQ(origin_of(**data, "192.168.1.1"), "- -");
}

}  // namespace
}  // namespace nightjar
