#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace nightjar {

/// Rows of one table in one order, pulled by the store: the part that several threads read at once, each thread
/// other parts, each part from one thread. The row type is that of the table (schema/columns.hpp checks the size).
class RowStream {
 public:
  virtual ~RowStream() = default;

  /// Bytes of one row: sizeof(FlowRow) and so on.
  virtual std::size_t row_size() const = 0;
  /// Number of parts. Rows are in the table's order within a part, and parts follow one another in that order.
  virtual std::size_t parts() const = 0;
  /// No more rows than this come, where that is known: how a file is written best depends on it. Asked before the first part is opened.
  virtual std::size_t rows_at_most() const { return ~std::size_t{0}; }
  /// Makes the rows of a part. Called once a part, by any thread, several parts at the same time. The rows stay
  /// valid until `close(part)`.
  virtual std::span<const std::byte> open(std::size_t part) = 0;
  /// The rows of the part have been read; their memory may go.
  virtual void close(std::size_t part) = 0;
};

/// A stream of one part over rows that somebody else keeps alive.
template <class Row>
class VectorStream final : public RowStream {
 public:
  explicit VectorStream(std::vector<Row> rows) : rows_(std::move(rows)) {}
  std::size_t row_size() const override { return sizeof(Row); }
  std::size_t parts() const override { return rows_.empty() ? 0 : 1; }
  std::size_t rows_at_most() const override { return rows_.size(); }
  std::span<const std::byte> open(std::size_t) override { return std::as_bytes(std::span(rows_)); }
  void close(std::size_t) override {}

 private:
  std::vector<Row> rows_;
};

}  // namespace nightjar
