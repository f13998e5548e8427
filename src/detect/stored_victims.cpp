#include "detect/stored_victims.hpp"

#include <algorithm>
#include <charconv>

#include "base/time.hpp"
#include "store/judged_attacks.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;

std::uint64_t number_at(const std::vector<Value>& row, std::size_t column) {
  if (const auto* number = std::get_if<std::uint64_t>(&row[column])) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&row[column])) return static_cast<std::uint64_t>(*number);
  return 0;
}

std::string text_at(const std::vector<Value>& row, std::size_t column) {
  const auto* text = std::get_if<std::string>(&row[column]);
  return text == nullptr ? std::string() : *text;
}

std::uint16_t index_of(Names& names, const std::string& name) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::uint16_t>(found - names.begin());
  names.push_back(name);
  return static_cast<std::uint16_t>(names.size() - 1);
}

constexpr const char* kColumns = "id, src, epoch_ms(\"first\"), epoch_ms(\"last\"), sensor, ip_version, protocol";

/// The same columns of a carpet, and of an attack of level 1.
KnownCarpet read(const std::vector<Value>& row, Names& names) {
  KnownCarpet carpet;
  const std::string id = text_at(row, 0);
  std::from_chars(id.data(), id.data() + id.size(), carpet.id, 16);
  carpet.prefix = number_at(row, 1);
  carpet.first_ms = static_cast<std::int64_t>(number_at(row, 2));
  carpet.last_ms = static_cast<std::int64_t>(number_at(row, 3));
  carpet.sensor = index_of(names, text_at(row, 4));
  carpet.ip_version = static_cast<std::uint8_t>(number_at(row, 5));
  carpet.protocol = static_cast<std::uint8_t>(number_at(row, 6));
  return carpet;
}

Result<void> ignore_columns(const std::vector<std::string>&) { return {}; }

}  // namespace

Result<StoredVictims> StoredVictims::open(std::shared_ptr<const Snapshot> snapshot, const std::string& definition, int threads,
                                          std::uint64_t memory_bytes, Names& names) {
  StoredVictims stored;
  stored.definition_ = definition;
  stored.names_ = &names;
  const bool some = std::ranges::any_of(snapshot->version().files, [&](const LakeFile& file) {
    const auto made = file.table == Table::attacks ? judgement_of(file.derived_from) : std::nullopt;
    return made && made->definition == definition;
  });
  if (!some) return stored;
  QueryOptions limits;
  limits.threads = threads;
  limits.memory_bytes = memory_bytes;
  auto session = QuerySession::open(std::move(snapshot), limits);
  if (!session) return session.error();
  stored.session_ = *std::move(session);
  auto carpets = stored.session_->run_raw_streaming(
      std::string("SELECT ") + kColumns + " FROM attacks WHERE kind = 'carpet' AND definition = " + sql_literal(definition), ignore_columns,
      [&](const std::vector<Value>& row) -> Result<void> {
        stored.carpets_.push_back(read(row, names));
        return {};
      });
  if (!carpets) return Error{"cannot read the attacks found before: " + carpets.error().sentence};
  return stored;
}

Result<std::set<std::int64_t>> StoredVictims::days_of_parts(const std::vector<KnownCarpet>& carpets, const VictimDefinition& definition) {
  std::set<std::int64_t> days;
  if (!session_ || carpets.empty()) return days;
  KnownCarpets changed;
  for (const KnownCarpet& carpet : carpets) changed.add(carpet);
  auto parts = session_->run_raw_streaming(
      std::string("SELECT ") + kColumns + " FROM attacks WHERE level = 1 AND definition = " + sql_literal(definition_), ignore_columns,
      [&](const std::vector<Value>& row) -> Result<void> {
        const KnownCarpet part = read(row, *names_);
        Attack attack;
        attack.src = part.prefix;
        attack.first_ms = part.first_ms;
        attack.last_ms = part.last_ms;
        attack.sensors = {part.sensor};
        attack.ip_version = part.ip_version;
        attack.protocol = part.protocol;
        if (changed.around(attack, definition) != nullptr) days.insert(floor_div(part.first_ms, kMsPerDay));
        return {};
      });
  if (!parts) return Error{"cannot read the attacks found before: " + parts.error().sentence};
  return days;
}

}  // namespace nightjar
