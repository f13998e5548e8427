// nightjar figure, run as a user runs it.
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
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
  int run(std::vector<std::string> arguments, const std::vector<std::string>& settings = {}) {
    arguments.insert(arguments.begin(), {"--lake", at_.lake().root().string()});
    Program program(NIGHTJAR_BINARY, arguments, settings, path("out"), path("err"));
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

class LongFigure : public FigureCommand {
 protected:
  void fill_days(int days) {
    for (int day = 1; day <= days; ++day)
      for (int host = 1; host <= day; ++host)
        at_.add(
            Flow("2017-11-" + std::string(day < 10 ? "0" : "") + std::to_string(day), 5).from("192.0.2." + std::to_string(host)).tcp(23));
    at_.write();
  }
  std::size_t counted_days() {
    const auto snapshot = at_.lake().snapshot();
    return static_cast<std::size_t>(std::ranges::count(snapshot.value()->version().files, Table::counts, &LakeFile::table));
  }
  bool asks(const std::string& table) const { return err_.find("FROM " + table) != std::string::npos; }
};

TEST_F(LongFigure, OfAWeekCountsItsDaysWhenFirstAskedForAndReadsThem) {
  fill_days(7);
  ASSERT_EQ(run({"figure", "hosts-per-day", "--format", "csv", "--show-sql"}), 0) << err_;
  EXPECT_TRUE(asks("counts")) << err_;
  EXPECT_FALSE(asks("flows")) << err_;
  EXPECT_EQ(counted_days(), 7u);
  const std::string expected =
      "day,tcp,udp,icmp,total\n2017-11-01,1,0,0,1\n2017-11-02,2,0,0,2\n2017-11-03,3,0,0,3\n2017-11-04,4,0,0,4\n2017-11-05,5,0,0,5\n"
      "2017-11-06,6,0,0,6\n2017-11-07,7,0,0,7\n";
  EXPECT_EQ(out_, expected);
  const std::uint64_t version = at_.lake().snapshot().value()->version().number;
  ASSERT_EQ(run({"figure", "hosts-per-day", "--format", "csv"}), 0) << err_;
  EXPECT_EQ(out_, expected);
  EXPECT_EQ(at_.lake().snapshot().value()->version().number, version) << "the second question makes nothing";
  at_.add(Flow("2017-11-02", 9).from("192.0.2.200").tcp(80));
  at_.write();
  ASSERT_EQ(run({"figure", "hosts-per-day", "--format", "csv", "--show-sql"}), 0) << err_;
  EXPECT_TRUE(asks("counts")) << "the day that changed is counted again";
  EXPECT_NE(out_.find("2017-11-02,3,0,0,3\n"), std::string::npos) << out_;
}

TEST_F(LongFigure, OfFewerDaysOrWithoutCountsMakesNone) {
  fill_days(7);
  ASSERT_EQ(run({"figure", "hosts-per-day", "--to", "2017-11-07", "--show-sql"}), 0) << err_;
  EXPECT_TRUE(asks("flows")) << err_;
  ASSERT_EQ(run({"figure", "hosts-per-day", "--where", "ttl = 3", "--show-sql"}), 0) << err_;
  EXPECT_EQ(counted_days(), 0u);
}

TEST_F(LongFigure, AnswersFromFlowsWhereCountsCannotBeMade) {
  fill_days(7);
  {
    const auto writing = at_.lake().begin_write();
    ASSERT_TRUE(writing);
    ASSERT_EQ(run({"figure", "hosts-per-day", "--show-sql"}), 0) << err_;
    EXPECT_TRUE(asks("flows")) << "another process writes";
  }
  write("lake/counts", "in the way of the folder");
  ASSERT_EQ(run({"figure", "hosts-per-day", "--show-sql"}), 0) << err_;
  EXPECT_TRUE(asks("flows")) << err_;
  EXPECT_EQ(counted_days(), 0u);
}

TEST_F(LongFigure, AnswersFromFlowsWhereTheDiskTakesNoCounts) {
  fill_days(7);
  for (const char* point : {"store.files-synced", "store.version-prepared"}) {
    ASSERT_EQ(run({"figure", "hosts-per-day", "--format", "csv", "--show-sql"}, {std::string("NIGHTJAR_FAILPOINT=") + point + "=error"}), 0)
        << err_;
    EXPECT_TRUE(asks("flows")) << err_;
    EXPECT_NE(out_.find("2017-11-07,7,0,0,7\n"), std::string::npos) << out_;
    EXPECT_EQ(counted_days(), 0u) << point;
  }
}

TEST_F(LongFigure, AnswersFromALakeThatMayOnlyBeRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  fill_days(7);
  const auto allow = [&](std::filesystem::perm_options how) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(at_.lake().root()))
      if (entry.is_directory()) std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_write, how);
    std::filesystem::permissions(at_.lake().root(), std::filesystem::perms::owner_write, how);
  };
  allow(std::filesystem::perm_options::remove);
  EXPECT_EQ(run({"figure", "hosts-per-day", "--format", "csv", "--show-sql"}), 0) << err_;
  allow(std::filesystem::perm_options::add);
  EXPECT_TRUE(asks("flows")) << err_;
  EXPECT_NE(out_.find("2017-11-07,7,0,0,7\n"), std::string::npos) << out_;
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
