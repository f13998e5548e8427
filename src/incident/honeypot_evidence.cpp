#include "incident/honeypot_evidence.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/time.hpp"
#include "figure/values.hpp"
#include "incident/signature_facts.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

/// Kinds of payloads at one port that are looked at; the rest are a few conversations each.
constexpr std::size_t kMostKinds = 200;
constexpr std::size_t kMostUrls = 5;

/// Payloads that match the same signatures, or one payload that matches none.
struct PayloadKind {
  std::string tags, payload;  ///< `payload` of those without tags
  std::uint64_t sessions = 0;
  bool loads = false, exploits = false;
};

std::string time_of(std::int64_t ms) { return "@time('" + format_time(ms * 1'000'000) + "')"; }

Result<std::vector<PayloadKind>> kinds_at(QuerySession& session, const std::string& where) {
  auto answer = session.run(
      "SELECT tags, m_payload, sum(m_sessions) AS m_all, sum(m_loads) AS m_loading FROM (SELECT tags, CASE WHEN tags = '' "
      "THEN payload ELSE '' END AS m_payload, 1 AS m_sessions, CASE WHEN urls = '' THEN 0 ELSE 1 END AS m_loads FROM "
      "sessions WHERE " +
      where + ") GROUP BY tags, m_payload ORDER BY m_all DESC, tags, m_payload LIMIT " + std::to_string(kMostKinds));
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  std::vector<PayloadKind> kinds;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    PayloadKind kind{rows.text(i, "tags"), rows.text(i, "m_payload"), rows.number(i, "m_all"), rows.number(i, "m_loading") > 0, false};
    for (const std::string_view tag : words_of(kind.tags)) kind.exploits = kind.exploits || is_exploit(tag);
    kinds.push_back(std::move(kind));
  }
  // Whoever loads a program or uses a hole is of interest before whoever says hello.
  std::ranges::stable_sort(kinds, std::greater(), [](const PayloadKind& kind) { return kind.loads || kind.exploits; });
  return kinds;
}

Result<IncidentPayload> payload_of(QuerySession& session, const std::string& where, const PayloadKind& kind) {
  IncidentPayload payload;
  payload.sessions = kind.sessions;
  const std::string of_kind = where + " AND tags = " + sql_literal(kind.tags) +
                              (kind.payload.empty() ? std::string() : " AND payload = " + sql_literal(kind.payload));
  auto answer = session.run("SELECT payload, urls, count(*) AS m_sessions FROM sessions WHERE " + of_kind +
                            " GROUP BY payload, urls ORDER BY m_sessions DESC, payload, urls LIMIT 100");
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0) payload.sha256 = rows.text(i, "payload");
    const std::string urls = rows.text(i, "urls");
    for (const std::string_view url : words_of(urls)) {
      const bool known = std::ranges::find(payload.urls, url) != payload.urls.end();
      if (!known && payload.urls.size() < kMostUrls) payload.urls.emplace_back(url);
    }
  }
  for (const std::string_view tag : words_of(kind.tags)) {
    payload.tags.emplace_back(tag);
    for (const std::string& cve : cves_of_tag(tag))
      if (std::ranges::find(payload.cves, cve) == payload.cves.end()) payload.cves.push_back(cve);
  }
  return payload;
}

}  // namespace

Result<std::vector<IncidentPayload>> payloads_at(QuerySession& session, std::uint16_t port, std::int64_t from_ms, std::int64_t to_ms,
                                                 std::size_t most) {
  const std::string where =
      "port = " + std::to_string(port) + " AND payload <> '' AND first >= " + time_of(from_ms) + " AND first < " + time_of(to_ms);
  auto kinds = kinds_at(session, where);
  if (!kinds) return kinds.error();
  std::vector<IncidentPayload> payloads;
  for (const PayloadKind& kind : *kinds) {
    if (payloads.size() >= most) break;
    auto payload = payload_of(session, where, kind);
    if (!payload) return payload.error();
    payloads.push_back(*std::move(payload));
  }
  return payloads;
}

}  // namespace nightjar
