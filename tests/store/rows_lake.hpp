#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schema/rows.hpp"
#include "store/lake.hpp"
#include "store/lake_layout.hpp"
#include "store/parquet_writer.hpp"
#include "store/query.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {

inline constexpr std::int64_t kDay = 17493;  ///< 2017-11-23

template <class T>
T take(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().sentence);
  return std::move(result).value();
}

inline void take(Result<void> result) {
  if (!result) throw std::runtime_error(result.error().sentence);
}

/// Whether it failed, with these words in its sentence.
template <class T>
::testing::AssertionResult fails_with(const Result<T>& result, std::string_view words) {
  if (result) return ::testing::AssertionFailure() << "did not fail";
  if (result.error().sentence.find(words) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "said: " << result.error().sentence;
}

/// A lake of one test, and ways to put rows and files into it.
class RowsLake {
 public:
  RowsLake() : root_(folder_ / "lake") {}
  /// A lake that another test made.
  explicit RowsLake(std::filesystem::path root) : root_(std::move(root)) {}

  Lake lake() const { return Lake(root_); }
  const std::filesystem::path& root() const { return root_; }
  const TempFolder& folder() const { return folder_; }

  /// Writes rows of one day as one file, not committed yet.
  template <class Row>
  LakeFile write_rows(const Writer& writer, Table table, std::int64_t day, std::vector<Row> rows, const Names& names) {
    if (!parquet_) parquet_ = take(ParquetWriter::open({}));
    LakeFile file = new_file(writer, table, day);
    VectorStream<Row> stream(std::move(rows));
    const auto written = take(parquet_->write(table, stream, names, root_ / file.path));
    file.rows = written.rows;
    file.bytes = written.bytes;
    return file;
  }

  /// A file of a few bytes that says it is Parquet: enough for everything but queries.
  LakeFile write_dummy(const Writer& writer, std::int64_t day = kDay) {
    LakeFile file = new_file(writer, Table::flows, day);
    std::ofstream(root_ / file.path) << "dummy";
    file.bytes = 5;
    file.rows = 1;
    return file;
  }

  void commit(const Writer& writer, std::vector<LakeFile> added, std::vector<std::string> removed = {}) {
    Change change;
    change.added = std::move(added);
    change.removed = std::move(removed);
    take(lake().commit(writer, std::move(change)));
  }

  template <class Row>
  void add_rows(Table table, std::int64_t day, const std::vector<Row>& rows, const Names& names) {
    const Writer writer = take(lake().begin_write());
    commit(writer, {write_rows(writer, table, day, rows, names)});
  }

  std::unique_ptr<QuerySession> session(QueryOptions options = {}) const {
    return take(QuerySession::open(take(lake().snapshot()), options));
  }

  /// Answer as lines, values with blanks between.
  std::vector<std::string> ask(const std::string& sql) const { return lines(take(session()->run(sql))); }

  static std::vector<std::string> lines(const Answer& answer) {
    std::vector<std::string> all;
    for (const auto& row : answer.rows) {
      std::string line;
      for (const Value& value : row) line += (line.empty() ? "" : " ") + text(value);
      all.push_back(line);
    }
    return all;
  }

  static std::string text(const Value& value) {
    struct Visitor {
      std::string operator()(std::monostate) const { return "NULL"; }
      std::string operator()(bool flag) const { return flag ? "true" : "false"; }
      std::string operator()(std::int64_t number) const { return std::to_string(number); }
      std::string operator()(std::uint64_t number) const { return std::to_string(number); }
      std::string operator()(double number) const { return std::to_string(number); }
      std::string operator()(const std::string& words) const { return words; }
    };
    return std::visit(Visitor{}, value);
  }

 private:
  LakeFile new_file(const Writer& writer, Table table, std::int64_t day) {
    LakeFile file;
    file.table = table;
    file.day = day;
    file.batches = {1};
    file.path = day_folder(table, day) + "/" + writer.token() + "-" + std::to_string(next_++) + ".parquet";
    std::filesystem::create_directories((root_ / file.path).parent_path());
    return file;
  }

  TempFolder folder_;
  std::filesystem::path root_;
  std::unique_ptr<ParquetWriter> parquet_;
  int next_ = 0;
};

}  // namespace nightjar
