#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.hpp"
#include "duckdb.h"

namespace nightjar::duckdb_store {

/// What error_sentence() makes of a query that was stopped.
inline constexpr const char* kInterrupted = "interrupted";

/// A connection to an in-memory DuckDB of its own; for one thread at a time. Extensions are neither installed nor loaded by themselves,
/// times are UTC.
class Connection {
 public:
  struct Settings {
    int threads = 0;                 ///< 0: one a core
    std::uint64_t memory_bytes = 0;  ///< 0: a quarter of the machine, at most 4 GB
    std::filesystem::path spill;     ///< folder made when needed; empty: what does not fit fails
    bool keep_order = true;          ///< rows leave a query without ORDER BY in the order of its input
  };
  static Result<std::unique_ptr<Connection>> open(const Settings& settings);
  /// Another connection to the same database, for another thread. This one must outlive it.
  Result<std::unique_ptr<Connection>> beside() const;
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// One or more statements without an answer.
  Result<void> execute(const std::string& sql);
  duckdb_connection handle() const { return connection_; }
  /// The limit in force.
  std::uint64_t memory_bytes() const { return memory_bytes_; }

 private:
  Connection() = default;
  Result<void> connect();

  duckdb_database database_ = nullptr;  ///< null where another connection owns it
  duckdb_database shared_ = nullptr;
  duckdb_connection connection_ = nullptr;
  std::uint64_t memory_bytes_ = 0;
};

/// The memory a query may take by default: a quarter of the machine, at most 4 GB.
std::uint64_t default_memory_bytes();

/// DuckDB's message as one sentence without its line breaks and its picture of the place.
std::string error_sentence(const char* message);

/// Owns a prepared statement, a pending result, a result or a chunk, and lets go of it at the end of the scope.
template <class Handle, void (*destroy)(Handle*)>
class Owned {
 public:
  Owned() = default;
  explicit Owned(Handle handle) : handle_(handle) {}
  ~Owned() { reset(); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Owned(Owned&& other) noexcept : handle_(std::exchange(other.handle_, Handle{})) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }

  void reset() {
    if constexpr (std::is_pointer_v<Handle>) {
      if (handle_ != nullptr) destroy(&handle_);
    } else {
      destroy(&handle_);
    }
    handle_ = Handle{};
  }
  Handle get() const { return handle_; }
  Handle* address() { return &handle_; }
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  Handle handle_{};
};

using Chunk = Owned<duckdb_data_chunk, duckdb_destroy_data_chunk>;
using LogicalType = Owned<duckdb_logical_type, duckdb_destroy_logical_type>;
using Prepared = Owned<duckdb_prepared_statement, duckdb_destroy_prepare>;
using Pending = Owned<duckdb_pending_result, duckdb_destroy_pending>;
using Extracted = Owned<duckdb_extracted_statements, duckdb_destroy_extracted>;
using QueryResult = Owned<duckdb_result, duckdb_destroy_result>;

}  // namespace nightjar::duckdb_store
