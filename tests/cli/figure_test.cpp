// nightjar figure, run as a user runs it.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "figure/small_lake.hpp"
#include "support/program.hpp"

namespace nightjar::test {
namespace {

class FigureCommand : public ::testing::Test {
 protected:
  void fill(bool modelled) {
    at_.add(Flow("2017-11-20", 20).from("192.0.2.1").tcp(23).packets(5));
    at_.write(modelled);
  }
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--lake", at_.lake().root().string()});
    Program program(NIGHTJAR_BINARY, arguments, {}, path("out"), path("err"));
    const int status = program.wait().status;
    out_ = content_of(path("out"));
    err_ = content_of(path("err"));
    return status;
  }
  std::string path(const std::string& name) const { return (at_.folder() / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }

  SmallLake at_;
  std::string out_, err_;
};

TEST_F(FigureCommand, ModelledRowsSayThatTheyAreInCsvAndParquet) {
  fill(true);
  ASSERT_EQ(run({"figure", "port-hosts", "--format", "csv"}), 0) << err_;
  EXPECT_EQ(out_, "day,hosts,packets,modelled\n2017-11-20,1,5,true\n");
  ASSERT_EQ(run({"figure", "port-hosts", "--format", "parquet", "-o", path("answer.parquet")}), 0) << err_;
  EXPECT_NE(content_of(path("answer.parquet")).find("modelled"), std::string::npos);
  ASSERT_EQ(run({"sql", "SELECT 1 AS one"}), 0) << err_;
  EXPECT_EQ(err_, "the lake holds modelled data\n");
}

TEST_F(FigureCommand, OtherRowsHaveNoSuchColumn) {
  fill(false);
  ASSERT_EQ(run({"figure", "port-hosts", "--format", "csv"}), 0) << err_;
  EXPECT_EQ(out_, "day,hosts,packets\n2017-11-20,1,5\n");
  ASSERT_EQ(run({"sql", "SELECT 1 AS one"}), 0) << err_;
  EXPECT_EQ(err_, "");
}

TEST_F(FigureCommand, TheConfigurationSaysWhichZoneWhereTheCommandLineDoesNot) {
  fill(false);
  const std::string tokyo = write("nightjar.toml", "[display]\ntimezone = \"Asia/Tokyo\"\n");
  ASSERT_EQ(run({"figure", "port-hosts", "--format", "csv", "--config", tokyo}), 0) << err_;
  EXPECT_EQ(out_, "day,hosts,packets\n2017-11-21,1,5\n");
  ASSERT_EQ(run({"figure", "port-hosts", "--format", "csv", "--config", tokyo, "--tz", "UTC"}), 0) << err_;
  EXPECT_EQ(out_, "day,hosts,packets\n2017-11-20,1,5\n");
  const std::string wrong = write("wrong.toml", "[display]\ntimezone = \"Asia/Tokio\"\n");
  EXPECT_EQ(run({"figure", "port-hosts", "--config", wrong}), 2);
  EXPECT_NE(err_.find("[display] timezone: "), std::string::npos) << err_;
}

TEST_F(FigureCommand, TheConfigurationSaysWhereNamesOfNetworksAre) {
  at_.add(Flow("2017-11-20", 20).from("192.0.2.1").tcp(23).packets(5).origin("NZ", 64500));
  at_.write();
  write("names.csv", "203.0.113.0,203.0.113.255,64500,\"Example Net\"\n");
  const std::string config = write("nightjar.toml", "[geolocation]\nfiles = [\"names.csv\"]\n");
  ASSERT_EQ(run({"figure", "networks", "--format", "csv", "--config", config}), 0) << err_;
  EXPECT_NE(out_.find("64500,Example Net,"), std::string::npos) << out_;
}

}  // namespace
}  // namespace nightjar::test
