#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/payloads_page.hpp"
#include "cli/payloads_query.hpp"
#include "cli/payloads_signatures.hpp"
#include "figure/filter_sql.hpp"
#include "figure/time_zone.hpp"
#include "store/lake.hpp"
#include "store/query.hpp"

namespace nightjar::cli {
namespace {

constexpr std::size_t kHighestTop = 10'000;
constexpr std::size_t kLeastDigits = 6, kDigits = 64;

struct Options {
  std::string hash, from, to, tz = "UTC", where, by = "time", format = "table", output, save;
  std::vector<std::string> sensors, tags, signatures;
  std::uint64_t hosts = 0;
  std::size_t top = 20;
  bool all = false;
};

struct Asked {
  PayloadQuestion question;
  PayloadHeading heading;
};

PayloadQuestion::Order order_of(const std::string& by) {
  using enum PayloadQuestion::Order;
  return by == "port" ? port : by == "tag" ? tag : by == "hosts" ? hosts : by == "sessions" ? sessions : time;
}

/// The filter with the tags of --tag in it: an `and` of all.
Result<FilterExpression> filter_of(const Options& options) {
  auto parsed = parse_filter(options.where);
  if (const auto* error = std::get_if<FilterError>(&parsed)) return Error{"--where: " + error->sentence};
  auto filter = std::get<FilterExpression>(std::move(parsed));
  for (const std::string& tag : options.tags) {
    std::string quoted;
    for (const char c : tag) quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    auto one = parse_filter("tag = \"" + quoted + "\"");
    if (std::holds_alternative<FilterError>(one)) return Error{"--tag wants the id of a signature like huawei-hg532, or none"};
    FilterExpression both;
    if (filter.kind == FilterExpression::Kind::all_of)
      both = std::move(filter);
    else
      both.parts.push_back(std::move(filter));
    both.parts.push_back(std::get<FilterExpression>(std::move(one)));
    filter = std::move(both);
  }
  if (filter.kind == FilterExpression::Kind::all_of && filter.parts.size() == 1) filter = FilterExpression(filter.parts.front());
  return filter;
}

/// What the command line says wrongly, whatever the lake holds.
Result<Asked> read(const Options& options) {
  Asked asked;
  auto filter = filter_of(options);
  if (!filter) return filter.error();
  asked.question.filter = *std::move(filter);
  asked.heading.filter = to_text(asked.question.filter);
  asked.question.sensors = asked.heading.sensors = options.sensors;
  asked.question.least_hosts = options.hosts;
  asked.question.order = order_of(options.by);
  if (options.top < 1 || options.top > kHighestTop) return Error{"--top is a number from 1 to " + std::to_string(kHighestTop)};
  asked.question.top = options.top;
  auto zone = TimeZone::load(options.tz);
  if (!zone) return Error{"--tz: " + zone.error().sentence};
  asked.heading.tz = options.tz;
  const auto hour = [&](const std::string& text, const char* option, std::optional<std::int64_t>& target) -> Result<void> {
    if (text.empty()) return {};
    const auto day = parse_day(text);
    if (!day) return Error{std::string(option) + ": " + day.error().sentence};
    target = zone->first_hour(*day);
    auto whole_hours = zone->stretches(*target, *target + 1);
    return whole_hours ? Result<void>() : Result<void>(Error{"--tz: " + whole_hours.error().sentence});
  };
  if (auto done = hour(options.from, "--from", asked.question.from_hour); !done) return done.error();
  if (auto done = hour(options.to, "--to", asked.question.to_hour); !done) return done.error();
  if (asked.question.from_hour && asked.question.to_hour && *asked.question.from_hour >= *asked.question.to_hour)
    return Error{"the span from " + options.from + " to " + options.to +
                 " has no day: the end is not included, so it must be a later date than the start"};
  if (!options.from.empty()) asked.heading.from = options.from;
  if (!options.to.empty()) asked.heading.to = options.to;
  if (options.format == "parquet" && (options.output.empty() || options.output == "-"))
    return Error{"--format parquet writes a file: name it with -o FILE"};
  return asked;
}

/// The hash in small letters. An error for what cannot be the beginning of one.
Result<std::string> hash_of(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  const bool digits = std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!digits || text.size() < kLeastDigits || text.size() > kDigits)
    return Error{"\"" + text + "\" is no SHA-256: give its 64 hexadecimal digits, or the first 6 at least"};
  return text;
}

bool is_modelled(const LakeVersion& version) {
  return std::ranges::any_of(version.files, [](const LakeFile& file) {
    return file.modelled && (file.table == Table::sessions || file.table == Table::payloads);
  });
}

/// Writes bytes that may be malware: to a new file that its owner alone may read and nobody may run, or to a pipe.
Result<void> save(const std::string& bytes, const std::string& file) {
  if (file == "-") {
    if (::isatty(STDOUT_FILENO) != 0)
      return Error{"--save - would write raw bytes of the Internet to the terminal: name a file, or a pipe"};
    return write_text(bytes, "-");
  }
  constexpr mode_t owner_reads_and_writes = 0600;
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_reads_and_writes);
  if (descriptor < 0 && errno == EEXIST) return Error{file + " is there already: --save overwrites nothing"};
  if (descriptor < 0) return errno_error("cannot make " + file, errno);
  std::size_t written = 0;
  int failure = 0;
  while (written < bytes.size() && failure == 0) {
    const ssize_t count = ::write(descriptor, bytes.data() + written, bytes.size() - written);
    if (count > 0)
      written += static_cast<std::size_t>(count);
    else if (errno != EINTR)
      failure = errno;
  }
  if (::close(descriptor) != 0 && failure == 0) failure = errno;
  if (failure == 0) return {};
  (void)::unlink(file.c_str());
  return errno_error("cannot write " + file, failure);
}

Result<void> write_rows(QuerySession& session, const Options& options, const PayloadHeading& heading,
                        const std::vector<PayloadEntry>& entries) {
  std::vector<std::vector<Value>> rows;
  for (const PayloadEntry& entry : entries) rows.push_back(payload_row(entry, heading.modelled));
  const std::vector<std::string> names = payload_columns_of_rows(heading.modelled);
  if (options.format == "parquet") return session.write_parquet(select_of(names, rows), options.output);
  return write_text(csv_text(names, rows), options.output);
}

Result<std::shared_ptr<const SignatureSet>> signatures_of(const Options& options) {
  const std::vector<std::filesystem::path> users(options.signatures.begin(), options.signatures.end());
  return SignatureSet::load(users);
}

int list(QuerySession& session, const Options& options, const Asked& asked, const Context& context) {
  auto found = ask_payloads(session, asked.question);
  if (!found) return fail(found.error().sentence);
  Result<void> written;
  if (options.format == "table") {
    written = write_text(payloads_page(asked.heading, *found), options.output);
  } else if (options.format == "json") {
    const auto signatures = signatures_of(options);
    if (!signatures) return fail(signatures.error().sentence);
    written = write_text(payloads_json(asked.heading, *found, names_of(**signatures)), options.output);
  } else {
    written = write_rows(session, options, asked.heading, found->rows);
    if (!context.quiet)
      for (const std::string& remark : found->remarks) std::fprintf(stderr, "%s\n", escape_for_terminal(remark).c_str());
  }
  return written ? kDone : fail(written.error().sentence);
}

Result<void> show(const Options& options, const Asked& asked, const PayloadFound& found) {
  const auto signatures = signatures_of(options);
  if (!signatures) return signatures.error();
  const TagNames names = names_of(**signatures);
  if (options.format == "json") return write_text(payload_json(asked.heading, found, names), options.output);
  const auto matches = matches_in(*signatures, found);
  if (!matches) return matches.error();
  return write_text(payload_page(asked.heading, found, names, *matches, options.all), options.output);
}

int one(QuerySession& session, const Options& options, const Asked& asked, const Context& context) {
  const auto hash = hash_of(options.hash);
  if (!hash) return wrong_usage(hash.error().sentence);
  auto found = ask_payload(session, asked.question, *hash);
  if (!found) return fail(found.error().sentence);
  Result<void> written;
  if (!options.save.empty()) {
    written = save(found->entry.bytes, options.save);
    if (written && options.save != "-" && !context.quiet)
      std::fprintf(stderr, "%s bytes as received in %s; it may be malware: never run it\n",
                   with_thousands(found->entry.bytes.size()).c_str(), escape_for_terminal(options.save).c_str());
  } else if (options.format == "table" || options.format == "json") {
    written = show(options, asked, *found);
  } else {
    written = write_rows(session, options, asked.heading, {found->entry});
  }
  return written ? kDone : fail(written.error().sentence);
}

int run(const Options& options, const Context& context) {
  if (options.hash.empty() && (!options.save.empty() || options.all))
    return wrong_usage("--save and --all are for one payload: nightjar payloads HASH");
  auto asked = read(options);
  if (!asked) return wrong_usage(asked.error().sentence);
  if (auto possible = filter_sql(asked->question.filter, Table::sessions); !possible) return wrong_usage(possible.error().sentence);
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored))
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  auto snapshot = Lake(context.lake).snapshot();
  if (!snapshot) return fail(snapshot.error().sentence);
  asked->heading.version = (*snapshot)->version().number;
  asked->heading.modelled = is_modelled((*snapshot)->version());
  auto session = QuerySession::open(*snapshot, {});
  if (!session) return fail(session.error().sentence);
  return options.hash.empty() ? list(**session, options, *asked, context) : one(**session, options, *asked, context);
}

}  // namespace

void add_payloads(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("payloads", "What was sent to honeypots, and by UDP to dark addresses");
  auto options = std::make_shared<Options>();
  command->add_option("hash", options->hash, "SHA-256 of one payload, or its first digits (6 at least): shows it in full");
  command->add_option("--from", options->from, "First day, like 2017-11-01");
  command->add_option("--to", options->to, "Day after the last one: the end is not included");
  command->add_option("--tz", options->tz, "Time zone of these days, like Asia/Tokyo")->capture_default_str();
  command->add_option("--where", options->where, "Filter of the conversations, like 'port = 23 and country = JP and sensor = pot-1'");
  command->add_option("--sensor", options->sensors, "Sensor to read; may be given several times")->allow_extra_args(false);
  command->add_option("--tag", options->tags, "Id of a signature that must match, or none; may be given several times")
      ->allow_extra_args(false);
  command->add_option("--hosts", options->hosts, "At least so many hosts sent it");
  command->add_option("--by", options->by, "Order: time (the newest first), port, tag, hosts or sessions")
      ->check(CLI::IsMember({"time", "port", "tag", "hosts", "sessions"}))
      ->capture_default_str();
  command->add_option("--top", options->top, "Rows; of one payload the newest conversations")->capture_default_str();
  command->add_flag("--all", options->all, "All bytes of one payload, not the first 4 KiB");
  command->add_option("--save", options->save, "Write the bytes of one payload, as received, to a new file (- : to a pipe)");
  command->add_option("--signatures", options->signatures, "File or folder with signatures beside the program's own, as for ingest")
      ->allow_extra_args(false);
  command->add_option("--format", options->format, "table, csv, json or parquet")
      ->check(CLI::IsMember({"table", "csv", "json", "parquet"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "File to write instead of standard output");
  command->footer(
      "Examples:\n  nightjar payloads --from 2017-11-01 --where 'port = 52869 and country = JP' --by hosts\n"
      "  nightjar payloads --tag huawei-hg532 --format json\n  nightjar payloads 5fd0a7 --all\n"
      "Nothing is executed, nothing is fetched; addresses are shown so that they cannot be clicked.");
  command->callback([options, &context] { context.run = [options, &context] { return run(*options, context); }; });
}

}  // namespace nightjar::cli
