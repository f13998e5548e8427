#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "store/lake.hpp"
#include "store/query.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::string sql, format = "table", output;
  bool print_files = false;
  double timeout = 0;
};

/// The fewest decimals that show every fraction of a column, at most six.
int decimals_of(const Answer& answer, std::size_t column) {
  constexpr int most = 6;
  for (int decimals = 0; decimals < most; ++decimals) {
    const double scale = std::pow(10, decimals);
    const bool enough = std::all_of(answer.rows.begin(), answer.rows.end(), [&](const std::vector<Value>& row) {
      const auto* number = std::get_if<double>(&row[column]);
      return number == nullptr || !std::isfinite(*number) || std::abs(*number * scale - std::round(*number * scale)) < 1e-6;
    });
    if (enough) return decimals;
  }
  return most;
}

/// Columns as a table shows them. Numbers are not grouped: they may be ports, years or addresses.
std::vector<OutputColumn> columns_of(const Answer& answer) {
  std::vector<OutputColumn> columns;
  for (std::size_t i = 0; i < answer.columns.size(); ++i) {
    const bool text = std::any_of(answer.rows.begin(), answer.rows.end(),
                                  [&](const std::vector<Value>& row) { return std::holds_alternative<std::string>(row[i]); });
    columns.push_back({answer.columns[i], !text, false, decimals_of(answer, i), 0});
  }
  return columns;
}

/// Width of the terminal; 0 where there is none.
std::size_t terminal_width() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0, begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    widest = std::max(widest, end - begin);
    begin = end + 1;
  }
  return widest;
}

/// One row after the other, each as a table of its columns.
std::string records_text(const Answer& answer) {
  std::string out;
  for (std::size_t row = 0; row < answer.rows.size(); ++row) {
    std::vector<std::vector<Value>> fields;
    for (std::size_t i = 0; i < answer.columns.size(); ++i) fields.push_back({answer.columns[i], answer.rows[row][i]});
    out += table_text({{"row " + std::to_string(row + 1), false, false, 0, 0}, {"", false, false, 6, 0}}, fields) + "\n";
  }
  return out;
}

/// A table; rows that are too wide for the terminal stand one below the other.
std::string page_of(const Answer& answer) {
  if (answer.rows.empty()) return "no rows\n";
  std::string table = table_text(columns_of(answer), answer.rows);
  const std::size_t width = terminal_width();
  return width != 0 && widest_line(table) > width ? records_text(answer) : table;
}

nlohmann::ordered_json json_of(const Value& value) {
  struct Visitor {
    nlohmann::ordered_json operator()(std::monostate) const { return nullptr; }
    nlohmann::ordered_json operator()(bool flag) const { return flag; }
    nlohmann::ordered_json operator()(std::int64_t number) const { return number; }
    nlohmann::ordered_json operator()(std::uint64_t number) const { return number; }
    nlohmann::ordered_json operator()(double number) const {
      return std::isfinite(number) ? nlohmann::ordered_json(number) : nlohmann::ordered_json(nullptr);
    }
    nlohmann::ordered_json operator()(const std::string& text) const { return text; }
  };
  return std::visit(Visitor{}, value);
}

/// Where rows go as they come: standard output, or a file that stands under its name only once it is whole.
class RowOutput {
 public:
  explicit RowOutput(const std::string& file) : file_(file == "-" ? "" : file) {}
  RowOutput(const RowOutput&) = delete;
  RowOutput& operator=(const RowOutput&) = delete;
  ~RowOutput() {
    if (stream_ == nullptr || file_.empty()) return;
    std::fclose(stream_);
    std::error_code ignored;
    std::filesystem::remove(aside(), ignored);
  }

  Result<void> write(std::string_view text) {
    if (stream_ == nullptr) stream_ = file_.empty() ? stdout : std::fopen(aside().c_str(), "we");
    if (stream_ == nullptr || std::fwrite(text.data(), 1, text.size(), stream_) != text.size()) return failure();
    return {};
  }
  Result<void> finish() {
    if (std::fflush(stream_) != 0) return failure();
    if (file_.empty()) return {};
    if (auto flushed = sync_path(aside()); !flushed) return flushed;
    std::error_code error;
    std::filesystem::rename(aside(), file_, error);
    if (error) return Error{"cannot rename " + aside() + " to " + file_ + ": " + error.message()};
    std::fclose(std::exchange(stream_, nullptr));
    return {};
  }

 private:
  std::string aside() const { return file_ + ".tmp"; }
  Error failure() const { return errno_error("cannot write " + (file_.empty() ? std::string("to standard output") : aside()), errno); }

  std::string file_;
  std::FILE* stream_ = nullptr;
};

/// A line of CSV or JSON a row; nothing is written before the first row is there, so that a question that fails says only why.
/// JSON: {"version": 7, "rows": [{...}, ...]}.
Result<void> write_rows(QuerySession& session, const Options& options) {
  const bool json = options.format == "json";
  RowOutput output(options.output);
  std::vector<std::string> columns;
  std::string head;
  const auto on_columns = [&](const std::vector<std::string>& names) -> Result<void> {
    columns = names;
    head = json ? "{\"version\": " + std::to_string(session.snapshot().version().number) + ", \"rows\": ["
                : csv_line({names.begin(), names.end()});
    return {};
  };
  bool first = true;
  const auto on_row = [&](const std::vector<Value>& row) -> Result<void> {
    std::string text = first ? head : "";
    if (json) {
      nlohmann::ordered_json object = nlohmann::ordered_json::object();
      for (std::size_t i = 0; i < columns.size(); ++i) object[columns[i]] = json_of(row[i]);
      text += (first ? "\n" : ",\n") + object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    } else {
      text += csv_line(row);
    }
    first = false;
    return output.write(text);
  };
  if (auto asked = session.run_raw_streaming(options.sql, on_columns, on_row); !asked) return asked;
  if (auto written = output.write((first ? head : "") + (json ? "]}\n" : "")); !written) return written;
  return output.finish();
}

/// A table has to be held as a whole, for the widths of its columns.
Result<void> write_table(QuerySession& session, const Options& options) {
  constexpr std::size_t most_rows = 10'000;
  Answer answer;
  std::uint64_t more = 0;
  const auto on_columns = [&](const std::vector<std::string>& names) -> Result<void> {
    answer.columns = names;
    return {};
  };
  const auto on_row = [&](const std::vector<Value>& row) -> Result<void> {
    if (answer.rows.size() < most_rows)
      answer.rows.push_back(row);
    else
      ++more;
    return {};
  };
  if (auto asked = session.run_raw_streaming(options.sql, on_columns, on_row); !asked) return asked;
  std::string text = page_of(answer);
  if (more > 0) text += "... " + with_thousands(more) + " more row" + (more == 1 ? "" : "s") + "; use --format csv\n";
  return write_text(text, options.output);
}

int print_files(const Snapshot& snapshot, const std::string& output) {
  std::string out;
  const auto root = std::filesystem::absolute(snapshot.root()).lexically_normal();
  for (const LakeFile& file : snapshot.version().files) out += (root / file.path).string() + "\n";
  auto written = write_text(out, output);
  return written ? kDone : fail(written.error().sentence);
}

int run(const Options& options, const Context& context) {
  if (options.print_files != options.sql.empty()) return wrong_usage("sql wants a statement, or --print-files");
  if (options.format == "parquet" && (options.output.empty() || options.output == "-")) {
    return wrong_usage("--format parquet wants a file: -o FILE");
  }
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored)) {
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  }
  auto snapshot = Lake(context.lake).snapshot();
  if (!snapshot) return fail(snapshot.error().sentence);
  if (!context.quiet && std::ranges::any_of((*snapshot)->version().files, &LakeFile::modelled))
    std::fprintf(stderr, "the lake holds modelled data\n");
  if (options.print_files) return print_files(**snapshot, options.output);
  QueryOptions limits;
  limits.timeout_seconds = options.timeout;
  auto session = QuerySession::open(*snapshot, limits);
  if (!session) return fail(session.error().sentence);
  if (options.format == "parquet") {
    auto written = (*session)->write_parquet(options.sql, options.output);
    return written ? kDone : fail(written.error().sentence);
  }
  auto written = options.format == "table" ? write_table(**session, options) : write_rows(**session, options);
  return written ? kDone : fail(written.error().sentence);
}

}  // namespace

void add_sql(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("sql", "Any question in SQL over the lake's tables");
  auto options = std::make_shared<Options>();
  command->add_option("statement", options->sql, "SELECT, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN; the tables are in docs/data-model.md");
  command->add_option("--format", options->format, "table, csv, json or parquet")
      ->check(CLI::IsMember({"table", "csv", "json", "parquet"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "File to write instead of standard output");
  command->add_option("--timeout", options->timeout, "Seconds after which the question is given up; 0: never")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--print-files", options->print_files, "Print the Parquet files of the newest version, for other tools");
  command->footer(
      "Example:\n  nightjar sql 'SELECT ip(src, src_low) AS source, sum(packets) AS packets FROM flows\n"
      "    WHERE port = 23 AND protocol = 6 GROUP BY ALL ORDER BY packets DESC LIMIT 10'\n"
      "Functions: ip, in_prefix, destinations, class_name, protocol_name, is_NAME for each fingerprint. \"window\" wants its quotes.");
  command->callback([options, &context] { context.run = [options, &context] { return run(*options, context); }; });
}

}  // namespace nightjar::cli
