// nightjar sql and nightjar compact, run as a user runs them.
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "store/random_rows.hpp"
#include "store/rows_lake.hpp"
#include "support/program.hpp"

namespace nightjar {
namespace {

class SqlCommand : public ::testing::Test {
 protected:
  SqlCommand() {
    at_.add_rows(Table::flows, kDay, random_flows(100, kDay, 1), {"dark-b", "honey", "dark-a"});
    at_.add_rows(Table::flows, kDay, random_flows(100, kDay, 2), {"dark-b", "honey", "dark-a"});
  }
  int run(std::vector<std::string> arguments) {
    if (arguments.front() != "--lake") arguments.insert(arguments.begin(), {"--lake", at_.root().string()});
    test::Program program(NIGHTJAR_BINARY, arguments, {}, path("out"), path("err"));
    const int status = program.wait().status;
    out_ = test::content_of(path("out"));
    err_ = test::content_of(path("err"));
    return status;
  }
  std::string path(const std::string& name) const { return (at_.folder() / name).string(); }

  RowsLake at_;
  std::string out_, err_;
};

TEST_F(SqlCommand, prints_a_table) {
  EXPECT_EQ(run({"sql", "SELECT ip(167772161::UBIGINT, 0::UBIGINT) AS address, 7 AS n, 'a' || chr(27) || '[31m' AS outside, 0.25 AS x"}),
            0);
  EXPECT_NE(out_.find("address"), std::string::npos);
  EXPECT_NE(out_.find("10.0.0.1"), std::string::npos);
  EXPECT_NE(out_.find("0.25"), std::string::npos);
  EXPECT_NE(out_.find("a\\x1b[31m"), std::string::npos) << "outside bytes must not reach the terminal";
  EXPECT_EQ(out_.find('\x1b'), std::string::npos);
  EXPECT_EQ(run({"sql", "SELECT 1 WHERE false"}), 0);
  EXPECT_EQ(out_, "no rows\n");
}

TEST_F(SqlCommand, prints_csv_and_json) {
  EXPECT_EQ(run({"sql", "--format", "csv", "SELECT 1 AS a, 'x,y' AS b, NULL AS c"}), 0);
  EXPECT_EQ(out_, "a,b,c\n1,\"x,y\",\n");
  EXPECT_EQ(run({"sql", "--format", "json", "SELECT 18446744073709551615::UBIGINT AS a, 'x' AS b, NULL AS c, true AS d"}), 0);
  const auto answer = nlohmann::json::parse(out_);
  EXPECT_EQ(answer["version"], 2);
  EXPECT_EQ(answer["rows"], nlohmann::json::parse(R"([{"a": 18446744073709551615, "b": "x", "c": null, "d": true}])"));
}

TEST_F(SqlCommand, prints_answers_of_any_size_in_little_memory) {
  // A million rows of 200 bytes: as one answer they would take half a gigabyte and more.
  const std::string many = "SELECT i, repeat('x', 200) AS text FROM range(1000000) AS t(i)", text(200, 'x');
  rusage before{}, after{};
  ::getrusage(RUSAGE_CHILDREN, &before);
  EXPECT_EQ(run({"sql", "--format", "csv", "-o", path("csv"), many}), 0) << err_;
  EXPECT_EQ(run({"sql", "--format", "json", "-o", path("json"), many}), 0) << err_;
  ::getrusage(RUSAGE_CHILDREN, &after);
#ifndef NIGHTJAR_SANITIZED
  EXPECT_LE(after.ru_maxrss, std::max(before.ru_maxrss, 300'000L)) << "kB";
#endif
  const std::string csv = test::content_of(path("csv")), json = test::content_of(path("json"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1'000'001);
  EXPECT_TRUE(csv.starts_with("i,text\n0,x")) << csv.substr(0, 100);
  EXPECT_TRUE(csv.ends_with("\n999999," + text + "\n"));
  EXPECT_EQ(std::count(json.begin(), json.end(), '\n'), 1'000'001);
  EXPECT_TRUE(json.ends_with("\n{\"i\":999999,\"text\":\"" + text + "\"}]}\n"));
  EXPECT_FALSE(std::filesystem::exists(path("csv.tmp")));
}

TEST_F(SqlCommand, prints_an_empty_answer_in_every_format) {
  EXPECT_EQ(run({"sql", "--format", "csv", "SELECT 1 AS a, 2 AS b WHERE false"}), 0);
  EXPECT_EQ(out_, "a,b\n");
  EXPECT_EQ(run({"sql", "--format", "json", "SELECT 1 AS a WHERE false"}), 0);
  EXPECT_TRUE(nlohmann::json::parse(out_)["rows"].empty());
}

TEST_F(SqlCommand, cuts_a_table_that_nobody_would_read) {
  EXPECT_EQ(run({"sql", "SELECT i FROM range(12345) AS t(i)"}), 0);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 10'003);
  EXPECT_TRUE(out_.ends_with("9999\n... 2,345 more rows; use --format csv\n")) << out_.substr(out_.size() - 100);
}

TEST_F(SqlCommand, leaves_no_file_of_an_answer_that_fails_on_its_way) {
  const std::string fails = "SELECT CASE WHEN i = 900000 THEN error('mistake') ELSE i END AS i FROM range(1000000) AS t(i)";
  EXPECT_EQ(run({"sql", "--format", "csv", "-o", path("answer.csv"), fails}), 1);
  EXPECT_NE(err_.find("mistake"), std::string::npos) << err_;
  EXPECT_FALSE(std::filesystem::exists(path("answer.csv")));
  EXPECT_FALSE(std::filesystem::exists(path("answer.csv.tmp")));
  EXPECT_EQ(run({"sql", "--format", "csv", "-o", path("nowhere/answer.csv"), "SELECT 1"}), 1);
  EXPECT_NE(err_.find("cannot write"), std::string::npos) << err_;
}

TEST_F(SqlCommand, gives_up_after_its_time_while_rows_come) {
  const std::string endless = "SELECT i FROM range(1000000000000) AS t(i) WHERE hash(i) % 100000000 = 7";
  EXPECT_EQ(run({"sql", "--timeout", "0.5", "--format", "csv", endless}), 1);
  EXPECT_NE(err_.find("stopped after 0.5 s"), std::string::npos) << err_;
}

TEST_F(SqlCommand, writes_parquet_into_a_file_only) {
  EXPECT_EQ(run({"sql", "--format", "parquet", "-o", path("answer.parquet"), "SELECT * FROM flows"}), 0);
  EXPECT_EQ(test::content_of(path("answer.parquet")).substr(0, 4), "PAR1");
  EXPECT_EQ(run({"sql", "--format", "parquet", "SELECT 1"}), 2);
  EXPECT_NE(err_.find("-o FILE"), std::string::npos);
}

TEST_F(SqlCommand, prints_the_files_of_the_newest_version) {
  EXPECT_EQ(run({"sql", "--print-files"}), 0);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 2);
  const std::string first = out_.substr(0, out_.find('\n'));
  EXPECT_TRUE(std::filesystem::path(first).is_absolute());
  EXPECT_TRUE(std::filesystem::exists(first));
}

TEST_F(SqlCommand, says_in_one_sentence_what_is_wrong) {
  const auto fails = [&](const std::vector<std::string>& arguments, int status, const std::string& words) {
    EXPECT_EQ(run(arguments), status) << err_;
    EXPECT_NE(err_.find(words), std::string::npos) << err_;
    EXPECT_EQ(std::count(err_.begin(), err_.end(), '\n'), 1) << err_;
    EXPECT_TRUE(out_.empty());
  };
  fails({"sql"}, 2, "wants a statement");
  fails({"sql", "--print-files", "SELECT 1"}, 2, "wants a statement, or --print-files");
  fails({"sql", "SELEC 1"}, 1, "syntax error");
  fails({"sql", "DROP VIEW flows"}, 1, "can only be asked");
  fails({"sql", "SELECT * FROM read_csv('/etc/passwd')"}, 1, "nothing but the lake");
  fails({"--lake", path("nowhere"), "sql", "SELECT 1"}, 1, "there is no lake");
  fails({"--lake", at_.folder().path().string(), "sql", "SELECT 1"}, 1, "is not a lake");
}

TEST_F(SqlCommand, and_compact_merges_counts_and_then_has_nothing_to_do) {
  EXPECT_EQ(run({"sql", "--format", "csv", "SELECT sum(packets) AS packets FROM flows"}), 0);
  const std::string before = out_;
  EXPECT_EQ(run({"--quiet", "compact"}), 0);
  EXPECT_TRUE(out_.starts_with("merged 1 day: 2 files")) << out_;
  EXPECT_NE(out_.find("counted 1 day"), std::string::npos) << out_;
  EXPECT_TRUE(err_.empty()) << err_;
  EXPECT_EQ(run({"sql", "--format", "csv", "SELECT sum(packets) AS packets FROM flows"}), 0);
  EXPECT_EQ(out_, before);
  EXPECT_EQ(run({"compact"}), 0);
  EXPECT_EQ(out_, "nothing to merge\n");
  EXPECT_EQ(run({"compact", "--from", "2017-02-30"}), 2);
  EXPECT_NE(err_.find("2017-02-30"), std::string::npos);
}

}  // namespace
}  // namespace nightjar
