#include <unistd.h>

#include <thread>

#include "schema/columns.hpp"
#include "store/query.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

std::vector<FlowRow> flows(std::size_t count, std::uint64_t sources) {
  std::vector<FlowRow> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    rows[i].hour = kDay * 24 + static_cast<std::int64_t>(i % 24);
    rows[i].src = i * 7919 % sources;
    rows[i].packets = 1;
    rows[i].port = static_cast<std::uint16_t>(i % 100);
    rows[i].protocol = 6;
    rows[i].ip_version = 4;
    rows[i].traffic_class = 1;
    rows[i].country = i % 3 == 0 ? 0 : country_code('J', 'P');
  }
  return rows;
}

TEST(QuerySession, over_an_empty_lake_has_every_table_with_its_columns) {
  RowsLake at;
  const auto session = at.session();
  for (const TableSchema& table : all_tables()) {
    const auto answer = take(session->run_raw("DESCRIBE " + std::string(table.name)));
    ASSERT_EQ(answer.rows.size(), table.columns.size()) << table.name;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      EXPECT_EQ(RowsLake::text(answer.rows[i][0]), table.columns[i].name);
      EXPECT_EQ(RowsLake::text(answer.rows[i][1]), duckdb_type(table.columns[i].type));
    }
    EXPECT_TRUE(take(session->run_raw("SELECT * FROM " + std::string(table.name))).rows.empty());
  }
}

TEST(QuerySession, reads_the_rows_of_all_files_of_its_version) {
  RowsLake at;
  at.add_rows(Table::flows, kDay, flows(10, 10), {"a"});
  const auto before = at.session();
  at.add_rows(Table::flows, kDay + 1, flows(5, 5), {"b"});
  EXPECT_EQ(RowsLake::lines(take(before->run_raw("SELECT sensor, count(*) FROM flows GROUP BY ALL"))), std::vector<std::string>{"a 10"});
  EXPECT_EQ(at.ask("SELECT sensor, count(*) FROM flows GROUP BY ALL ORDER BY sensor"), (std::vector<std::string>{"a 10", "b 5"}));
}

TEST(QuerySession, looks_at_the_days_it_is_told_to) {
  RowsLake at;
  for (std::int64_t day = kDay; day < kDay + 3; ++day) {
    at.add_rows(Table::flows, day, flows(1, 1), {std::to_string(day - kDay)});
    SensorDayRow row;
    row.day = day;
    at.add_rows(Table::sensor_days, day, std::vector<SensorDayRow>{row}, {"a"});
  }
  QueryOptions options;
  options.from_day = kDay + 1;
  options.to_day = kDay + 2;
  const auto session = at.session(options);
  EXPECT_EQ(RowsLake::lines(take(session->run("SELECT sensor FROM flows"))), std::vector<std::string>{"1"});
  EXPECT_EQ(RowsLake::lines(take(session->run("SELECT count(*) FROM sensor_days"))), std::vector<std::string>{"3"});
  options.from_day = options.to_day = kDay + 9;
  EXPECT_TRUE(take(at.session(options)->run("SELECT sensor FROM flows")).rows.empty());
}

TEST(QuerySession, reads_thousands_of_files) {
  constexpr int copies = 1500;
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  const LakeFile file = at.write_rows(writer, Table::flows, kDay, flows(2, 2), {"a"});
  std::vector<LakeFile> files = {file};
  for (int i = 0; i < copies; ++i) {
    LakeFile copy = file;
    copy.path = day_folder(Table::flows, kDay) + "/" + writer.token() + "-copy" + std::to_string(i) + ".parquet";
    std::filesystem::create_hard_link(at.root() / file.path, at.root() / copy.path);
    files.push_back(copy);
  }
  at.commit(writer, files);
  EXPECT_EQ(at.ask("SELECT count(*) FROM flows"), std::vector<std::string>{std::to_string(2 * (copies + 1))});
}

TEST(QuerySession, gives_every_type_a_value) {
  RowsLake at;
  const auto session = at.session();
  const auto answer = take(session->run_raw(
      "SELECT NULL, true, -1::TINYINT, 7::UTINYINT, 18446744073709551615::UBIGINT, -9::BIGINT, 18446744073709551615::HUGEINT, -3::HUGEINT, "
      "340282366920938463463374607431768211455::UHUGEINT IS NULL, 2::HUGEINT * 18446744073709551616, 1.5, 0.25::FLOAT, 'text', DATE "
      "'2017-11-23', TIMESTAMP '2017-11-23 05:00:00', TIMESTAMP '2017-11-23 05:00:00.5', [1, 2], '\\x00a'::BLOB, INTERVAL 2 HOUR"));
  const std::vector<Value>& row = answer.rows.at(0);
  const std::vector<Value> expected = {std::monostate(),
                                       true,
                                       std::int64_t{-1},
                                       std::uint64_t{7},
                                       ~std::uint64_t{0},
                                       std::int64_t{-9},
                                       ~std::uint64_t{0},
                                       std::int64_t{-3},
                                       false,
                                       36893488147419103232.0,
                                       1.5,
                                       0.25,
                                       std::string("text"),
                                       std::string("2017-11-23"),
                                       std::string("2017-11-23T05:00:00Z"),
                                       std::string("2017-11-23T05:00:00.5Z"),
                                       std::string("[1, 2]"),
                                       std::string("\\x00a"),
                                       std::string("02:00:00")};
  ASSERT_EQ(row.size(), expected.size());
  for (std::size_t i = 0; i < row.size(); ++i) EXPECT_EQ(row[i], expected[i]) << "column " << i << ": " << RowsLake::text(row[i]);
}

TEST(QuerySession, keeps_names_and_order_of_columns_and_rows) {
  RowsLake at;
  const auto answer =
      take(at.session()->run_raw("SELECT range AS a, [range] AS b, range AS a FROM range(5000) ORDER BY range DESC; -- end"));
  EXPECT_EQ(answer.columns, (std::vector<std::string>{"a", "b", "a"}));
  ASSERT_EQ(answer.rows.size(), 5000u);
  for (std::size_t i = 0; i < answer.rows.size(); ++i) ASSERT_EQ(RowsLake::text(answer.rows[i][1]), "[" + std::to_string(4999 - i) + "]");
}

TEST(QuerySession, answers_one_question_at_a_time) {
  RowsLake at;
  const auto session = at.session();
  EXPECT_TRUE(fails_with(session->run_raw("SELECT 1; SELECT 2"), "one statement"));
  EXPECT_TRUE(fails_with(session->run_raw(""), "no statement"));
  EXPECT_TRUE(fails_with(session->run_raw("SELECT"), "Parser Error"));
  EXPECT_TRUE(fails_with(session->run_raw("SELECT * FROM nothing"), "nothing does not exist"));
  EXPECT_TRUE(fails_with(session->run_raw("SELECT window FROM flows"), "in double quotes"));
}

/// What a user must not be able to do, whatever words are used.
TEST(QuerySession, lets_nothing_out_of_the_lake_and_changes_nothing) {
  RowsLake at;
  at.add_rows(Table::flows, kDay, flows(10, 10), {"a"});
  at.folder().write("outside.csv", "secret\n1\n");
  const std::string outside = (at.folder() / "outside.csv").string(), written = (at.folder() / "written.csv").string();
  const std::string inside = (at.root() / "written.csv").string(),
                    data = (at.root() / take(at.lake().snapshot())->version().files[0].path).string();
  const auto session = at.session();
  const std::vector<std::string> attempts = {
      "SELECT * FROM read_csv('" + outside + "')",
      "SELECT * FROM '" + outside + "'",
      "SELECT * FROM read_text('/etc/passwd')",
      "SELECT * FROM read_blob('/proc/self/environ')",
      "SELECT * FROM glob('/etc/*')",
      "SELECT * FROM sniff_csv('" + outside + "')",
      "SELECT * FROM parquet_metadata('/etc/passwd')",
      "SELECT * FROM read_json('" + (at.root() / "locks/../../outside.csv").string() + "')",
      "SELECT * FROM 'https://example.org/x.parquet'",
      "COPY (SELECT 1) TO '" + written + "'",
      "COPY (SELECT 1) TO '" + inside + "'",
      "COPY (SELECT 1) TO '" + data + "'",
      "EXPLAIN ANALYZE COPY (SELECT 1) TO '" + inside + "'",
      "explain (analyze) copy (select 1) to '" + inside + "'",
      "EXPORT DATABASE '" + (at.root() / "export").string() + "'",
      "IMPORT DATABASE '/tmp'",
      "ATTACH '" + (at.root() / "x.db").string() + "'",
      "ATTACH ':memory:' AS other",
      "INSTALL httpfs",
      "LOAD httpfs",
      "LOAD '" + outside + "'",
      "SET enable_external_access = true",
      "SET threads = 1",
      "RESET lock_configuration",
      "SET lock_configuration = false",
      "PRAGMA enable_profiling",
      "PRAGMA memory_limit = '1GB'",
      "CALL enable_logging(storage = 'file', storage_path = '" + inside + "')",
      "SELECT * FROM enable_logging(storage = 'file', storage_path = '" + inside + "')",
      "SELECT * FROM \"Enable_Logging\" /* comment */ ()",
      "SELECT * FROM query('SELECT * FROM enable_lo' || 'gging()')",
      "SELECT * FROM arrow_scan(1, 2, 3)",
      "SELECT getenv('HOME')",
      "CREATE TABLE t AS SELECT 1",
      "CREATE SECRET s (TYPE s3)",
      "DROP VIEW flows",
      "INSERT INTO flows SELECT * FROM flows",
      "DELETE FROM flows",
      "PREPARE p AS SELECT 1",
      "CHECKPOINT",
  };
  for (const std::string& attempt : attempts) {
    const auto answer = session->run_raw(attempt);
    EXPECT_FALSE(answer) << attempt;
    const std::string sentence = answer ? "" : answer.error().sentence;
    EXPECT_EQ(sentence.find('\n'), std::string::npos) << sentence;
    EXPECT_FALSE(session->run(attempt)) << attempt;
    EXPECT_FALSE(session->write_parquet(attempt, at.folder() / "answer.parquet")) << attempt;
  }
  EXPECT_FALSE(std::filesystem::exists(written));
  EXPECT_FALSE(std::filesystem::exists(inside));
  EXPECT_FALSE(std::filesystem::exists(at.folder() / "answer.parquet"));
  EXPECT_EQ(RowsLake::lines(take(session->run_raw("SELECT count(*) FROM flows"))), std::vector<std::string>{"10"}) << "and works still";
}

TEST(QuerySession, explains_and_describes) {
  RowsLake at;
  const auto session = at.session();
  for (const char* sql : {"EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1", "EXPLAIN (FORMAT json) SELECT 1", "DESCRIBE flows", "SHOW TABLES",
                          "SUMMARIZE SELECT 1 AS a", "FROM flows", "VALUES (1)", "WITH x AS (SELECT 1) SELECT * FROM x"}) {
    EXPECT_TRUE(session->run_raw(sql)) << sql;
  }
}

TEST(QuerySession, counts_hosts_exactly_with_little_memory_and_much) {
  RowsLake at;
  std::vector<FlowRow> rows = flows(400'000, 250'000);
  rows[0].src = 0;
  rows[1].src = ~0ULL;
  at.add_rows(Table::flows, kDay, rows, {"a"});
  for (const char* groups : {"", "hour, ", "port, ", "hour, port, "}) {
    const std::string exact = std::string("SELECT ") + groups +
                              "count(DISTINCT src), count(DISTINCT CASE WHEN port < 5 THEN src END) FROM flows " +
                              (*groups != 0 ? "GROUP BY ALL ORDER BY ALL" : "");
    std::string ours = exact;
    ours.replace(ours.find("count(DISTINCT src)"), 19, "@hosts(src)");
    const std::string word = "count(DISTINCT CASE WHEN port < 5 THEN src END)";
    ours.replace(ours.find(word), word.size(), "@hosts(CASE WHEN port < 5 THEN src END)");
    const auto expected = RowsLake::lines(take(at.session()->run_raw(exact)));
    EXPECT_EQ(at.ask(ours), expected);
    QueryOptions tight;
    tight.memory_bytes = 8'000'000;  // the sets may take a third: too little, so it asks again in another way
    const auto tight_answer = at.session(tight)->run(ours);
    if (tight_answer) {
      EXPECT_EQ(RowsLake::lines(*tight_answer), expected);
    } else {
      EXPECT_NE(tight_answer.error().sentence.find("Out of Memory"), std::string::npos) << tight_answer.error().sentence;
    }
  }
}

TEST(QuerySession, spills_into_the_lake_and_cleans_up) {
  RowsLake at;
  at.add_rows(Table::flows, kDay, flows(10, 10), {"a"});
  QueryOptions tight;
  tight.memory_bytes = 60'000'000;
  tight.threads = 2;
  {
    const auto session = at.session(tight);
    const auto answer =
        session->run_raw("SELECT count(*) FROM (SELECT range, hash(range) AS h FROM range(6000000) ORDER BY h OFFSET 5999990)");
    ASSERT_TRUE(answer) << answer.error().sentence;
    EXPECT_EQ(RowsLake::lines(*answer), std::vector<std::string>{"10"});
  }
  EXPECT_TRUE(std::filesystem::is_empty(at.root() / "tmp"));
}

TEST(QuerySession, stops_when_told_to) {
  RowsLake at;
  const std::string endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b";
  const auto session = at.session();
  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done) {
      session->interrupt();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  EXPECT_TRUE(fails_with(session->run_raw(endless), "interrupted"));
  done = true;
  other.join();
  EXPECT_TRUE(session->run_raw("SELECT 1")) << "and answers the next";
  QueryOptions hasty;
  hasty.timeout_seconds = 0.05;
  EXPECT_TRUE(fails_with(at.session(hasty)->run_raw(endless), "stopped after 0.05 s"));
}

TEST(QuerySession, writes_an_answer_as_parquet_outside_the_lake) {
  RowsLake at;
  at.add_rows(Table::flows, kDay, flows(3000, 10), {"a"});
  const auto file = at.folder() / "answer's.parquet";
  const auto session = at.session();
  take(session->write_parquet("SELECT *, [1] AS list, 2.5 AS half, sum(packets) OVER () AS packets FROM flows", file));
  ASSERT_TRUE(std::filesystem::exists(file));
  // Read back as a lake's file: its columns are those of flows and some more.
  RowsLake other;
  const Writer writer = take(other.lake().begin_write());
  LakeFile copy = other.write_dummy(writer);
  std::filesystem::copy_file(file, other.root() / copy.path, std::filesystem::copy_options::overwrite_existing);
  copy.bytes = std::filesystem::file_size(file);
  other.commit(writer, {copy});
  EXPECT_EQ(
      other.ask("SELECT count(*), sum(packets), any_value(list), any_value(half), any_value(packets_24), any_value(country) FROM flows "
                "WHERE country <> ''"),
      std::vector<std::string>{"2000 2000 [1] 2.500000 3000 JP"});
  EXPECT_TRUE(fails_with(session->write_parquet("SELECT 1", at.folder() / "no/such/folder.parquet"), "cannot write"));
}

TEST(QuerySession, reads_a_lake_that_it_may_not_write) {
  RowsLake at;
  at.add_rows(Table::flows, kDay, flows(10, 10), {"a"});
  // Nobody's own: readable, not writable. Root may write everywhere, so it becomes nobody for the question.
  constexpr uid_t nobody = 65534;
  const auto readable = std::filesystem::perms(0555);
  std::filesystem::permissions(at.folder().path(), readable);
  std::filesystem::permissions(at.root(), readable);
  const bool root = ::geteuid() == 0;
  ASSERT_EQ(root ? ::seteuid(nobody) : 0, 0);
  const auto answer = at.ask("SELECT count(*) FROM flows");
  const bool refused = !at.lake().begin_write();
  ASSERT_EQ(root ? ::seteuid(0) : 0, 0);
  std::filesystem::permissions(at.root(), std::filesystem::perms::owner_all);
  std::filesystem::permissions(at.folder().path(), std::filesystem::perms::owner_all);
  EXPECT_EQ(answer, std::vector<std::string>{"10"});
  EXPECT_TRUE(refused);
}

TEST(QuerySession, says_which_file_is_broken) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  const LakeFile file = at.write_dummy(writer);
  at.commit(writer, {file});
  EXPECT_TRUE(fails_with(QuerySession::open(take(at.lake().snapshot()), {}), file.path));
}

TEST(QuerySession, hands_over_rows_as_they_are_found) {
  RowsLake at;
  const auto session = at.session();
  std::vector<std::string> names;
  std::uint64_t rows = 0, sum = 0;
  const auto on_columns = [&](const std::vector<std::string>& columns) -> Result<void> {
    names = columns;
    return {};
  };
  const auto count = [&](const std::vector<Value>& row) -> Result<void> {
    ++rows;
    sum += static_cast<std::uint64_t>(std::get<std::int64_t>(row.at(0)));
    return {};
  };
  take(session->run_raw_streaming("SELECT i, i::DECIMAL(9, 2) AS d FROM range(10000) AS t(i)", on_columns, count));
  EXPECT_EQ(names, (std::vector<std::string>{"i", "d"}));
  EXPECT_EQ(rows, 10'000u);
  EXPECT_EQ(sum, 49'995'000u);
}

TEST(QuerySession, ends_a_stream_of_rows_when_its_reader_has_enough_and_goes_on) {
  RowsLake at;
  const auto session = at.session();
  const auto on_columns = [](const std::vector<std::string>&) -> Result<void> { return {}; };
  std::uint64_t rows = 0;
  const auto enough = [&](const std::vector<Value>&) -> Result<void> {
    if (++rows == 5) return Error{"the reader has enough"};
    return {};
  };
  EXPECT_TRUE(fails_with(session->run_raw_streaming("SELECT i FROM range(1000000000000) AS t(i)", on_columns, enough), "has enough"));
  EXPECT_EQ(rows, 5u);
  const auto interrupt = [&](const std::vector<Value>&) -> Result<void> {
    session->interrupt();
    return {};
  };
  EXPECT_TRUE(fails_with(session->run_raw_streaming("SELECT i FROM range(1000000000000) AS t(i)", on_columns, interrupt), "interrupted"));
  EXPECT_TRUE(fails_with(session->run_raw_streaming("SELECT error('mistake') FROM range(3)", on_columns, enough), "mistake"));
  EXPECT_EQ(RowsLake::lines(take(session->run_raw("SELECT 7"))), std::vector<std::string>{"7"});
}

}  // namespace
}  // namespace nightjar
