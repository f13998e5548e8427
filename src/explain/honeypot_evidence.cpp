#include "explain/honeypot_evidence.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "explain/signature_facts.hpp"
#include "figure/values.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

/// Rows of an answer that are looked at, those of most conversations first.
constexpr std::size_t kMostRows = 2000;
constexpr std::size_t kMostUrls = 5;

std::string time_of(std::int64_t ms) { return "@time('" + format_time(ms * 1'000'000) + "')"; }

/// As it is asked without macros.
std::string within(std::int64_t from_ms, std::int64_t to_ms) {
  const auto literal = [](std::int64_t ms) { return "TIMESTAMP " + sql_literal(format_time(ms * 1'000'000)); };
  return "\"first\" >= " + literal(from_ms) + " AND \"first\" < " + literal(to_ms);
}

/// Payloads that match the same signatures, or one payload that matches none.
struct PayloadKind {
  std::string tags;
  IncidentPayload payload;
  bool matters = false;  ///< loads a program, or uses a hole
};

void take_in(PayloadKind& kind, const NamedRows& rows, std::size_t i) {
  kind.payload.sessions += rows.number(i, "m_sessions");
  const std::string urls = rows.text(i, "urls");
  for (const std::string_view url : words_of(urls)) {
    const bool known = std::ranges::find(kind.payload.urls, url) != kind.payload.urls.end();
    if (!known && kind.payload.urls.size() < kMostUrls) kind.payload.urls.emplace_back(url);
    kind.matters = true;
  }
}

PayloadKind kind_of(const NamedRows& rows, std::size_t i) {
  PayloadKind kind;
  kind.tags = rows.text(i, "tags");
  kind.payload.sha256 = rows.text(i, "m_example");
  for (const std::string_view tag : words_of(kind.tags)) {
    kind.payload.tags.emplace_back(tag);
    kind.matters = kind.matters || is_exploit(tag);
    for (const std::string& cve : cves_of_tag(tag))
      if (std::ranges::find(kind.payload.cves, cve) == kind.payload.cves.end()) kind.payload.cves.push_back(cve);
  }
  return kind;
}

}  // namespace

Result<std::vector<IncidentPayload>> payloads_at(QuerySession& session, std::uint16_t port, std::int64_t from_ms, std::int64_t to_ms,
                                                 std::size_t most) {
  const std::string where =
      "port = " + std::to_string(port) + " AND payload <> '' AND first >= " + time_of(from_ms) + " AND first < " + time_of(to_ms);
  // Payloads that a signature knows may differ in each conversation (times, random names); others are told apart by their bytes.
  auto answer = session.run(
      "SELECT tags, urls, CASE WHEN tags = '' THEN payload ELSE '' END AS m_payload, min(payload) AS m_example, "
      "count(*) AS m_sessions FROM sessions WHERE " +
      where + " GROUP BY tags, urls, m_payload ORDER BY m_sessions DESC, tags, urls, m_payload LIMIT " + std::to_string(kMostRows));
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  std::vector<PayloadKind> kinds;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string tags = rows.text(i, "tags"), example = rows.text(i, "m_example");
    auto kind = std::ranges::find_if(
        kinds, [&](const PayloadKind& one) { return one.tags == tags && (!tags.empty() || one.payload.sha256 == example); });
    if (kind == kinds.end()) kind = kinds.insert(kind, kind_of(rows, i));
    take_in(*kind, rows, i);
  }
  // Whoever loads a program or uses a hole is of interest before whoever says hello.
  std::ranges::stable_sort(kinds, [](const PayloadKind& a, const PayloadKind& b) {
    return a.matters != b.matters ? a.matters : a.payload.sessions > b.payload.sessions;
  });
  std::vector<IncidentPayload> payloads;
  const std::string from = "port = " + std::to_string(port) + " AND payload <> '' AND " + within(from_ms, to_ms);
  for (std::size_t i = 0; i < std::min(most, kinds.size()); ++i) {
    IncidentPayload& payload = kinds[i].payload;
    payload.rows = from + " AND tags = " + sql_literal(kinds[i].tags);
    if (kinds[i].tags.empty()) payload.rows += " AND payload = " + sql_literal(payload.sha256);
    payloads.push_back(std::move(payload));
  }
  return payloads;
}

}  // namespace nightjar
