#include "store/duckdb/connection.hpp"

#include <unistd.h>

#include <algorithm>

namespace nightjar::duckdb_store {

std::uint64_t default_memory_bytes() {
  constexpr std::uint64_t most = 4ULL << 30, unknown = 1ULL << 30;
  const long pages = ::sysconf(_SC_PHYS_PAGES), page_bytes = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page_bytes <= 0) return unknown;
  return std::min<std::uint64_t>(most, static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes) / 4);
}

std::string error_sentence(const char* message) {
  if (message == nullptr) return "DuckDB gives no reason";
  std::string_view rest(message);
  rest = rest.substr(0, rest.find("\n\nLINE "));
  rest = rest.substr(0, rest.find("\nLINE "));
  if (rest.starts_with("INTERRUPT Error")) return kInterrupted;
  std::string sentence;
  for (const char c : rest) {
    if (c != '\n') {
      sentence += c;
    } else if (!sentence.empty() && sentence.back() != ' ') {
      sentence += ' ';
    }
  }
  while (!sentence.empty() && sentence.back() == ' ') sentence.pop_back();
  if (rest.starts_with("Permission Error")) sentence += " (a query may read nothing but the lake)";
  return sentence;
}

Result<std::unique_ptr<Connection>> Connection::open(const Settings& settings) {
  std::unique_ptr<Connection> opened(new Connection);
  opened->memory_bytes_ = settings.memory_bytes != 0 ? settings.memory_bytes : default_memory_bytes();
  duckdb_config config = nullptr;
  if (duckdb_create_config(&config) != DuckDBSuccess) return Error{"DuckDB does not start: no memory"};
  const auto set = [&](const char* name, const std::string& value) { duckdb_set_config(config, name, value.c_str()); };
  if (settings.threads > 0) set("threads", std::to_string(settings.threads));
  set("memory_limit", std::to_string(opened->memory_bytes_ / 1'000'000) + "MB");
  set("autoinstall_known_extensions", "false");
  set("autoload_known_extensions", "false");
  set("preserve_insertion_order", settings.keep_order ? "true" : "false");
  // Without this DuckDB spills into a folder of the working directory.
  set("temp_directory", settings.spill.string());
  char* message = nullptr;
  const duckdb_state state = duckdb_open_ext(nullptr, &opened->database_, config, &message);
  duckdb_destroy_config(&config);
  if (state != DuckDBSuccess) {
    Error error{"DuckDB does not start: " + error_sentence(message)};
    duckdb_free(message);
    return error;
  }
  opened->shared_ = opened->database_;
  if (auto connected = opened->connect(); !connected) return connected.error();
  return opened;
}

Result<std::unique_ptr<Connection>> Connection::beside() const {
  std::unique_ptr<Connection> opened(new Connection);
  opened->shared_ = shared_;
  opened->memory_bytes_ = memory_bytes_;
  if (auto connected = opened->connect(); !connected) return connected.error();
  return opened;
}

Result<void> Connection::connect() {
  if (duckdb_connect(shared_, &connection_) != DuckDBSuccess) return Error{"DuckDB takes no connection"};
  return execute("SET TimeZone = 'UTC'");
}

Connection::~Connection() {
  if (connection_ != nullptr) duckdb_disconnect(&connection_);
  if (database_ != nullptr) duckdb_close(&database_);
}

Result<void> Connection::execute(const std::string& sql) {
  QueryResult result;
  if (duckdb_query(connection_, sql.c_str(), result.address()) == DuckDBSuccess) return {};
  return Error{error_sentence(duckdb_result_error(result.address()))};
}

}  // namespace nightjar::duckdb_store
