#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/time.hpp"
#include "sensor/sensors.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kStill = std::numeric_limits<std::int64_t>::max();

SensorConfig read(std::string_view text) {
  auto config = parse_sensor_config(text, "/data/nightjar.toml");
  EXPECT_TRUE(config) << config.error().sentence;
  return config ? std::move(*config) : SensorConfig{};
}
/// The sentence without the file: "3: unknown key ...".
std::string mistake(std::string_view text) {
  const auto config = parse_sensor_config(text, "nightjar.toml");
  if (config) return "read";
  EXPECT_THAT(config.error().sentence, StartsWith("nightjar.toml:"));
  return config.error().sentence.substr(14);
}
std::string mistake_in_sensor(const std::string& lines) { return mistake("[[sensor]]\nname = \"a\"\n" + lines + "\n"); }

TEST(SensorConfigFile, ReadsTheExampleOfTheDesign) {
  const auto config = read(R"(
origin = "modelled"
[display]
timezone = "Asia/Tokyo"
[geolocation]
files = ["geo/country.mmdb", "/usr/share/GeoIP/asn.mmdb"]
[[sensor]]
name = "tokyo-1"
kind = "darknet"
prefixes = ["198.18.0.0/16", { prefix = "198.19.0.0/24", from = "2017-01-01", to = 2017-07-01 }]
captures = ["tokyo/*.pcap.zst"]
[[sensor]]
name = "pot"
kind = "honeypot"
[[sensor]]
name = "ntp"
kind = "reflector"
prefixes = ["2001:db8::/64", "192.0.2.1"]
)");
  EXPECT_TRUE(config.modelled);
  EXPECT_EQ(config.timezone, "Asia/Tokyo");
  EXPECT_TRUE(config.has_geolocation);
  EXPECT_THAT(config.geolocation, ElementsAre("/data/geo/country.mmdb", "/usr/share/GeoIP/asn.mmdb"));
  ASSERT_EQ(config.sensors.size(), 3U);

  const Sensor& tokyo = config.sensors[0];
  EXPECT_EQ(tokyo.name, "tokyo-1");
  EXPECT_EQ(tokyo.kind, SensorKind::darknet);
  EXPECT_TRUE(tokyo.modelled);
  EXPECT_THAT(tokyo.captures, ElementsAre("tokyo/*.pcap.zst"));
  ASSERT_EQ(tokyo.prefixes.size(), 2U);
  EXPECT_EQ(format(tokyo.prefixes[0].prefix), "198.18.0.0/16");
  EXPECT_EQ(tokyo.prefixes[0].from_day, kAlways);
  EXPECT_EQ(tokyo.prefixes[0].to_day, kStill);
  EXPECT_EQ(format(tokyo.prefixes[1].prefix), "198.19.0.0/24");
  EXPECT_EQ(format_day(tokyo.prefixes[1].from_day), "2017-01-01");
  EXPECT_EQ(format_day(tokyo.prefixes[1].to_day), "2017-07-01");

  EXPECT_EQ(config.sensors[1].kind, SensorKind::honeypot);
  EXPECT_THAT(config.sensors[1].prefixes, IsEmpty());
  EXPECT_EQ(config.sensors[2].kind, SensorKind::reflector);
  EXPECT_EQ(format(config.sensors[2].prefixes[1].prefix), "192.0.2.1/32");
}

TEST(SensorConfigFile, MayBeEmpty) {
  const auto config = read("");
  EXPECT_FALSE(config.modelled);
  EXPECT_FALSE(config.has_geolocation);
  EXPECT_THAT(config.sensors, IsEmpty());
  EXPECT_EQ(config.file, "/data/nightjar.toml");
}

TEST(SensorConfigFile, TellsNoGeolocationFromNothingSaid) {
  EXPECT_TRUE(read("[geolocation]\nfiles = []\n").has_geolocation);
  EXPECT_FALSE(read("[geolocation]\n").has_geolocation);
}

TEST(SensorConfigFile, TakesADarknetForGrantedAndRealCaptures) {
  const auto config = read("[[sensor]]\nname = \"a\"\n");
  EXPECT_EQ(config.sensors[0].kind, SensorKind::darknet);
  EXPECT_FALSE(config.sensors[0].modelled);
}

TEST(SensorConfigFile, LeavesTablesOfOtherRoomsAlone) {
  read("[alerts]\nenabled = true\n[retention]\nflows = 30\n[[subscription]]\nx = 1\n");
}

TEST(SensorConfigFile, SaysWhereTheTextIsNoToml) {
  EXPECT_THAT(mistake("[[sensor]]\nname = \n"), StartsWith("2: "));
  EXPECT_THAT(mistake("a = 1\na = 2\n"), StartsWith("2: "));
  EXPECT_EQ(mistake("\n[[[sensor]]]\n"), "2: no TOML; is a bracket wrong?");
  EXPECT_EQ(mistake("a = 1\n\nb = [}]\nc = 1\n"), "3: no TOML; is a bracket wrong?");
  EXPECT_EQ(mistake("b = [}"), "1: no TOML; is a bracket wrong?");
  EXPECT_THAT(mistake("name = \"\xff\"\n"), StartsWith("1: "));
}

TEST(SensorConfigFile, SaysWhatAnUnknownKeyMayHaveMeant) {
  EXPECT_EQ(mistake("\n[[sensr]]\n"), "2: unknown key \"sensr\"; did you mean \"sensor\"? Possible: origin, display, geolocation, sensor");
  EXPECT_EQ(mistake_in_sensor("prefix = []"),
            "3: unknown key \"prefix\" in [[sensor]]; did you mean \"prefixes\"? Possible: name, kind, prefixes, captures, services");
  EXPECT_EQ(mistake("[display]\ntimezon = \"UTC\""),
            "2: unknown key \"timezon\" in [display]; did you mean \"timezone\"? Possible: timezone");
  EXPECT_THAT(mistake("[display]\nx = \"UTC\""), "2: unknown key \"x\" in [display]; possible: timezone");
  EXPECT_THAT(mistake("[geolocation]\nfile = []"), HasSubstr("did you mean \"files\"?"));
  EXPECT_THAT(mistake_in_sensor("prefixes = [{ prefix = \"192.0.2.0/24\", until = 2017-01-01 }]"),
              HasSubstr("3: unknown key \"until\" in a prefix; possible: prefix, from, to"));
  EXPECT_THAT(mistake("alert = 1"), HasSubstr("did you mean \"alerts\"?"));
}

TEST(SensorConfigFile, SaysWhatKindOfValueIsWanted) {
  EXPECT_EQ(mistake("origin = 1"), "1: origin must be text in quotes");
  EXPECT_THAT(mistake("origin = \"real\""), HasSubstr("1: origin \"real\" is unknown; possible: \"modelled\""));
  EXPECT_EQ(mistake("display = 1"), "1: display must be a table: [display]");
  EXPECT_EQ(mistake("[display]\ntimezone = 9"), "2: timezone must be text in quotes");
  EXPECT_EQ(mistake("geolocation = []"), "1: geolocation must be a table: [geolocation]");
  EXPECT_THAT(mistake("[geolocation]\nfiles = \"a\""), HasSubstr("2: files must be a list of texts"));
  EXPECT_THAT(mistake("[geolocation]\nfiles = [1]"), HasSubstr("2: each of files must be text in quotes"));
  EXPECT_THAT(mistake("[geolocation]\nfiles = [\"a\",\n\"\"]"), HasSubstr("3: \"\" in files names no file"));
  EXPECT_THAT(mistake("[sensor]\nname = \"a\""), HasSubstr("1: sensors are written with two brackets each: [[sensor]]"));
  EXPECT_THAT(mistake("sensor = [1]"), HasSubstr("1: sensors are written with two brackets each"));
  EXPECT_THAT(mistake_in_sensor("captures = \"*\""), HasSubstr("3: captures must be a list of texts"));
  EXPECT_THAT(mistake_in_sensor("kind = 1"), HasSubstr("3: kind must be text in quotes"));
  EXPECT_THAT(mistake_in_sensor("prefixes = \"192.0.2.0/24\""), HasSubstr("3: prefixes must be a list"));
  EXPECT_THAT(mistake_in_sensor("prefixes = []"), HasSubstr("3: prefixes is empty; leave the line out if they are unknown"));
  EXPECT_THAT(mistake_in_sensor("prefixes = [24]"), HasSubstr("3: a prefix must be text like \"198.18.0.0/16\""));
  EXPECT_THAT(mistake_in_sensor("prefixes = [{ from = 2017-01-01 }]"), HasSubstr("3: a dated prefix is written like"));
}

TEST(SensorConfigFile, RefusesNamesThatCannotStandInAPathOrOnATerminal) {
  const auto with_name = [](const std::string& name) { return mistake("[[sensor]]\nname = \"" + name + "\"\n"); };
  EXPECT_THAT(mistake("[[sensor]]\nkind = \"darknet\"\n"), HasSubstr("1: a sensor needs a name: name = \"tokyo-1\""));
  EXPECT_THAT(mistake("[[sensor]]\nname = 7\n"), HasSubstr("2: name must be text in quotes"));
  EXPECT_EQ(with_name(""), "2: the sensor's name is empty");
  EXPECT_THAT(with_name("a/b"), HasSubstr("2: the sensor's name \"a/b\" may have no control characters and no '/'"));
  EXPECT_THAT(with_name("a\\u001bb"), HasSubstr("2: the sensor's name \"a\\x1bb\" may have no control characters"));
  EXPECT_THAT(with_name("a\\u202eb"), HasSubstr("may have no control characters"));
  EXPECT_EQ(with_name(std::string(65, 'x')), "2: the sensor's name has more than 64 characters");
  EXPECT_EQ(with_name(std::string(64, 'x')), "read");
  std::string tokyo;
  for (int i = 0; i < 64; ++i) tokyo += "\xe6\x9d\xb1";
  EXPECT_EQ(with_name(tokyo), "read");
  EXPECT_THAT(mistake("[[sensor]]\nname = \"a\"\n[[sensor]]\nname = \"a\"\n"), HasSubstr("4: there is a sensor \"a\" already, on line 2"));
}

TEST(SensorConfigFile, KeepsLettersOfEveryScript) {
  EXPECT_EQ(read("[[sensor]]\nname = \"Z\u00fcrich \u6771\u4eac\"\n").sensors[0].name, "Z\u00fcrich \u6771\u4eac");
  EXPECT_EQ(read("[[sensor]]\nname = '\u6771\u4eac' # \u6771\n").sensors[0].name, "\u6771\u4eac");
  EXPECT_EQ(mistake("[[sensor]]\nname = Z\u00fcrich\n"), "2: a character beyond ASCII outside of quotes (straight ones: \"...\")");
}

TEST(SensorConfigFile, SaysWhichKindsThereAre) {
  EXPECT_EQ(mistake_in_sensor("kind = \"dark-net\""),
            "3: unknown kind \"dark-net\"; did you mean \"darknet\"? Possible: darknet, honeypot, reflector");
}

TEST(SensorConfigFile, ReadsTheServicesOfAReflector) {
  const auto config = read("[[sensor]]\nname = \"mirror\"\nkind = \"reflector\"\nservices = [\"dns\", \"ws-discovery\"]\n");
  EXPECT_EQ(config.sensors[0].services, (std::vector<Service>{Service::dns, Service::ws_discovery}));
  EXPECT_TRUE(read("[[sensor]]\nname = \"mirror\"\nkind = \"reflector\"\n").sensors[0].services.empty());
  EXPECT_THAT(mistake_in_sensor("kind = \"reflector\"\nservices = [\"memcache\"]"),
              HasSubstr("4: unknown service \"memcache\"; did you mean \"memcached\"? Possible: chargen, "));
  EXPECT_THAT(mistake_in_sensor("kind = \"reflector\"\nservices = [\"unknown\"]"), HasSubstr("unknown service \"unknown\""));
  EXPECT_THAT(mistake_in_sensor("services = [\"dns\"]"), HasSubstr("3: services are those of a reflector"));
  EXPECT_THAT(mistake_in_sensor("kind = \"reflector\"\nservices = \"dns\""), HasSubstr("4: services must be a list of texts"));
}

TEST(SensorConfigFile, RefusesPrefixesWithBitsBehindTheirEnd) {
  EXPECT_THAT(mistake_in_sensor("prefixes = [\"198.18.0.1/16\"]"),
              HasSubstr("3: \"198.18.0.1/16\" has bits set after its length; did you mean 198.18.0.0/16?"));
  EXPECT_THAT(mistake_in_sensor("prefixes = [\"tokyo\"]"), HasSubstr("3: \"tokyo\" is not an address or prefix"));
}

TEST(SensorConfigFile, RefusesDatesThatAreNone) {
  const auto with_dates = [](const std::string& dates) {
    return mistake_in_sensor("prefixes = [{ prefix = \"192.0.2.0/24\", " + dates + " }]");
  };
  EXPECT_EQ(with_dates("from = 2017-01-01, to = 2017-01-02"), "read");
  EXPECT_THAT(with_dates("from = \"1.1.2017\""), HasSubstr("3: from: \"1.1.2017\" is not a date; write it like 2017-11-23"));
  EXPECT_THAT(with_dates("to = \"2017-02-29\""), HasSubstr("3: to: \"2017-02-29\" is not a date"));
  EXPECT_THAT(with_dates("from = 2017"), HasSubstr("3: from must be a date like 2017-01-01"));
  EXPECT_THAT(with_dates("from = 2017-01-01T00:00:00Z"), HasSubstr("3: from must be a date like 2017-01-01"));
  EXPECT_THAT(with_dates("from = 2017-02-01, to = 2017-02-01"), HasSubstr("3: the prefix ends before it begins"));
}

TEST(SensorConfigFile, RefusesPrefixesOfOneSensorThatOverlapInTime) {
  EXPECT_EQ(mistake_in_sensor("prefixes = [\"198.18.4.0/24\",\n\"192.0.2.0/24\",\n\"198.18.0.0/16\"]"),
            "5: the prefixes 198.18.4.0/24 (line 3) and 198.18.0.0/16 of sensor \"a\" overlap in the same time");
  EXPECT_THAT(mistake_in_sensor("prefixes = [\"198.18.0.0/16\", \"198.18.0.0/16\"]"), HasSubstr("overlap in the same time"));
  EXPECT_THAT(mistake_in_sensor("prefixes = [\"2001:db8::/32\", \"2001:db8:1::/48\"]"), HasSubstr("overlap in the same time"));
  EXPECT_THAT(
      mistake_in_sensor("prefixes = [{ prefix = \"198.18.0.0/16\", to = 2017-01-02 }, { prefix = \"198.18.0.0/16\", from = 2017-01-01 }]"),
      HasSubstr("198.18.0.0/16 to 2017-01-02 (line 3) and 198.18.0.0/16 from 2017-01-01 of sensor"));
  EXPECT_EQ(
      mistake_in_sensor("prefixes = [{ prefix = \"198.18.0.0/16\", to = 2017-01-01 }, { prefix = \"198.18.0.0/17\", from = 2017-01-01 }]"),
      "read");
  EXPECT_EQ(mistake_in_sensor("prefixes = [\"198.18.0.0/16\", \"198.19.0.0/16\", \"::/96\", \"1::/16\"]"), "read");
  EXPECT_EQ(mistake("[[sensor]]\nname = \"a\"\nprefixes = [\"192.0.2.0/24\"]\n[[sensor]]\nname = \"b\"\nprefixes = [\"192.0.2.0/24\"]\n"),
            "read");
}

TEST(SensorConfigFile, IsReadFromTheDisk) {
  const TempFolder folder;
  const auto file = folder.write("nightjar.toml", "[[sensor]]\nname = \"a\"\n");
  const auto config = read_sensor_config(file);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->file, file);
  EXPECT_EQ(config->sensors.size(), 1U);
  const auto missing = read_sensor_config(folder / "missing.toml");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().sentence, HasSubstr("missing.toml: No such file or directory"));
}

}  // namespace
}  // namespace nightjar
