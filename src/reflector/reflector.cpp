#include "reflector/reflector.hpp"

#include <algorithm>

#include "payload/request_kinds.hpp"

namespace nightjar::reflector {

Result<void> check(const ReflectorConfig& config) {
  if (auto done = check(config.budget); !done) return done;
  const std::string_view name = config.persona.host_name;
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (name.empty() || name.size() > 15 || !plain) return Error{"the device's name must be 1 to 15 letters, digits or '-'"};
  for (std::size_t i = 0; i < config.modes.size(); ++i) {
    if (config.modes[i] == Mode::listen) continue;
    const auto service = static_cast<Service>(i);
    if (offered(service) == nullptr) return Error{"the reflector has no service " + std::string(name_of(service)) + " that could answer"};
    if (config.contact.find('@') == std::string::npos && !config.contact.starts_with("http"))
      return Error{"a reflector that answers (" + std::string(name_of(service)) +
                   ") needs a contact, a mail address or a page, where people who get its packets find who runs it"};
  }
  return {};
}

namespace {

/// Multicast, and the IPv4 broadcast with what was reserved before it. A sensor behind NAT may have a private address of its own.
bool is_group(const Address& address) { return address.version == 4 ? address.high >= 0xe0000000 : address.high >> 56 == 0xff; }

}  // namespace

Reflector::Reflector(ReflectorConfig config, std::int64_t monotonic_ns)
    : config_(std::move(config)), never_(config_.never), budget_(config_.budget, monotonic_ns) {
  if (config_.contact.empty()) config_.modes.fill(Mode::listen);
}

Silence Reflector::judge(const Datagram& datagram, Decision& decision) {
  if (datagram.bad_checksum) return Silence::bad_checksum;
  if (is_group(datagram.destination)) return Silence::to_group;
  if (datagram.source == datagram.destination) return Silence::own_sensor;
  if (const Silence never = never_.reason(datagram.source, datagram.source_port); never != Silence::none) return never;
  // From here on the source is counted, whatever becomes of it: also who is not answered may be an attack's victim.
  const Silence budget = budget_.request(datagram.source, static_cast<std::uint32_t>(datagram.payload.size()), datagram.monotonic_ns);
  decision.attack = budget_.streak();
  const OfferedService* service = offered_at(datagram.destination_port);
  if (service == nullptr) return Silence::not_offered;
  if (decision.request.answer) return Silence::is_answer;
  if (decision.request.service != service->service || (decision.request.kinds & ~kOtherRequest) == 0) return Silence::not_understood;
  if (mode_of(service->service) == Mode::listen) return Silence::listening;
  if (stopped_) return Silence::listen_only;
  if (overloaded_) return Silence::overloaded;
  return budget;
}

void Reflector::account(const Datagram& datagram, Decision& decision, ReplyPackets& replies) {
  std::size_t allowed = 0;
  Silence why = Silence::none;
  for (; allowed < replies.size() && why == Silence::none; ++allowed) {
    const auto bytes = static_cast<std::uint32_t>(replies[allowed].size());
    why = budget_.spend(bytes);
    if (why != Silence::none) break;
    decision.attack = budget_.streak();
    if (!ledger_.record({datagram.source, decision.request.service, decision.attack, datagram.utc_ns, bytes})) {
      why = Silence::ledger_full;
      break;
    }
    ++counters_.replies;
    counters_.reply_bytes += bytes;
  }
  if (allowed == 0) {
    decision.silence = why;
  } else {
    decision.cut_by = why;
    counters_.packets_cut += replies.size() - allowed;
  }
  replies.keep(allowed);
}

Decision Reflector::handle(const Datagram& datagram, ReplyPackets& replies) {
  replies.clear();
  Decision decision;
  ++counters_.requests;
  counters_.request_bytes += datagram.payload.size();
  decision.request = read_request(datagram.payload, datagram.destination_port);
  decision.silence = judge(datagram, decision);
  if (decision.silence == Silence::none) {
    const OfferedService& service = *offered(decision.request.service);
    const bool canned = mode_of(service.service) == Mode::canned;
    const bool found = canned && config_.canned.reply(service.service, datagram.payload, replies);
    if (!found && (!canned || service.service == Service::dns)) {
      const Asked asked{decision.request,          datagram.payload, datagram.source, datagram.source_port, datagram.destination,
                        datagram.destination_port, datagram.utc_ns,  config_.persona, config_.canned.zone()};
      service.reply(asked, replies);
    }
    decision.silence = replies.empty() ? Silence::nothing_to_say : Silence::none;
    if (!replies.empty()) account(datagram, decision, replies);
  }
  ++counters_.by_silence[static_cast<std::size_t>(decision.silence)];
  return decision;
}

Result<void> Reflector::check_egress(const EgressTotals& interface) {
  auto done = agrees(ledger_.totals(), interface);
  if (!done) stopped_ = true;
  return done;
}

}  // namespace nightjar::reflector
