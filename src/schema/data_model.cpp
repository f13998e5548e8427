#include <array>
#include <string>

#include "schema/columns.hpp"

namespace nightjar {
namespace {

std::string_view type_name(ColumnType type) {
  switch (type) {
    case ColumnType::u8: return "u8";
    case ColumnType::u16: return "u16";
    case ColumnType::u32: return "u32";
    case ColumnType::u64: return "u64";
    case ColumnType::hour:
    case ColumnType::minute:
    case ColumnType::time: return "timestamp";
    case ColumnType::day: return "date";
    case ColumnType::country: return "text(2)";
    case ColumnType::name:
    case ColumnType::sensor_kind:
    case ColumnType::service:
    case ColumnType::text: return "text";
    case ColumnType::blob: return "blob";
    case ColumnType::real: return "f64";
  }
  return "";
}

constexpr std::array<std::string_view, 10> kMergeNames = {"key",
                                                          "sum",
                                                          "min",
                                                          "max",
                                                          "bit_or",
                                                          "equal or 0",
                                                          "from the first start to the last end",
                                                          "equal or empty",
                                                          "of the row with the most packets",
                                                          "of the row that is first"};

}  // namespace

std::string data_model_markdown() {
  std::string page =
      "# The tables of the lake\n\n"
      "Generated from `src/schema/columns.cpp` (a test compares); version " +
      std::to_string(kSchemaVersion) +
      ". "
      "\"merge\" says how two rows of the same key become one, so that any split of a day gives the same answers.\n";
  for (const TableSchema& table : all_tables()) {
    page += "\n## `" + std::string(table.name) + "`\n" + std::string(table.sentence) + ". Order in a file: " + std::string(table.order) +
            ".\n\n";
    page += "| column | type | merge | meaning |\n|---|---|---|---|\n";
    for (const Column& column : table.columns) {
      page += "| `" + std::string(column.name) + "` | " + std::string(type_name(column.type)) + " | " +
              std::string(kMergeNames[static_cast<std::size_t>(column.merge)]) + " | " + std::string(column.sentence) + " |\n";
    }
  }
  page +=
      "\n## Bits of `facts`\n"
      "Bits 0 to 13 are of bare TCP SYNs, 14 and 15 of TCP packets of class backscatter. Of those at least one is set; a row with neither "
      "was\n"
      "written before they existed, so what it was is not known.\n\n"
      "| bits | meaning |\n|---|---|\n"
      "| 0 | sequence number == destination address (IPv4) |\n"
      "| 1 | ip.id == 54321 |\n"
      "| 2 | ip.id == (destination address ^ destination port ^ sequence number) mod 65536 |\n"
      "| 3 | ip.id == 0 |\n"
      "| 4 | no TCP options |\n"
      "| 5 | DF is set |\n"
      "| 6 to 8 | TTL band: 1 up to 32, 2 up to 64, 3 up to 128, 4 up to 200, 5 up to 255 |\n"
      "| 9 to 13 | order of the TCP options (`src/decode/tcp_options.hpp`) |\n"
      "| 14 | SYN and ACK are set |\n"
      "| 15 | RST is set |\n";
  return page;
}

}  // namespace nightjar
