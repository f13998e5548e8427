#include "relay/inbox_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <charconv>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "net/address.hpp"
#include "reflector/hub_message.hpp"
#include "relay/attack_hub.hpp"
#include "relay/tokens.hpp"

namespace nightjar {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using Response = http::response<http::string_body>;

constexpr std::string_view kPath = "/v1/segments/", kAttacksPath = "/v1/attacks?since=";
constexpr std::uint32_t kMostHeadBytes = 8'192;
constexpr std::chrono::milliseconds kTick{100};
/// Who guesses tokens waits so long for each answer.
constexpr std::chrono::seconds kPauseOfUnknown{1};

/// What a request asks for.
struct Question {
  std::string digest;
  std::uint64_t size = 0, offset = 0;
};

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(number) : std::nullopt;
}

/// "/v1/segments/DIGEST?size=N&offset=N"; the numbers only of a PUT.
std::optional<Question> question_of(std::string_view target, bool with_numbers) {
  if (!target.starts_with(kPath)) return std::nullopt;
  target.remove_prefix(kPath.size());
  const std::size_t mark = std::min(target.find('?'), target.size());
  Question question{std::string(target.substr(0, mark)), 0, 0};
  if (!Sha256::is_digest(question.digest)) return std::nullopt;
  target.remove_prefix(std::min(mark + 1, target.size()));
  bool size = false, offset = false;
  while (!target.empty()) {
    const std::size_t end = std::min(target.find('&'), target.size());
    const std::string_view pair = target.substr(0, end);
    target.remove_prefix(std::min(end + 1, target.size()));
    const auto number = number_of(pair.substr(std::min(pair.find('=') + 1, pair.size())));
    if (!number) return std::nullopt;
    if (pair.starts_with("size=") && !std::exchange(size, true))
      question.size = *number;
    else if (pair.starts_with("offset=") && !std::exchange(offset, true))
      question.offset = *number;
    else
      return std::nullopt;
  }
  return size == with_numbers && offset == with_numbers ? std::optional(question) : std::nullopt;
}

http::status status_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::none: return http::status::ok;
    case Refusal::bad_digest: return http::status::not_found;
    case Refusal::too_large: return http::status::payload_too_large;
    case Refusal::wrong_offset: return http::status::conflict;
    case Refusal::wrong_content: return http::status::unprocessable_entity;
    case Refusal::no_capture: return http::status::unsupported_media_type;
    case Refusal::over_quota:
    case Refusal::disk_full: return http::status::insufficient_storage;
    case Refusal::failed: return http::status::internal_server_error;
  }
  return http::status::internal_server_error;
}

Response response_of(http::status status, const nlohmann::ordered_json& body, bool keep) {
  Response response{status, 11};
  response.set(http::field::content_type, "application/json");
  response.body() = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  response.keep_alive(keep);
  response.prepare_payload();
  return response;
}

Response mistake(http::status status, const std::string& sentence, bool keep) { return response_of(status, {{"error", sentence}}, keep); }

Result<std::shared_ptr<asio::ssl::context>> tls_of(const InboxServerOptions& options) {
  auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  boost::system::error_code error;
  tls->use_certificate_chain_file(options.certificate.string(), error);
  if (error) return Error{"cannot use the certificate " + options.certificate.string() + ": " + error.message()};
  tls->use_private_key_file(options.key.string(), asio::ssl::context::pem, error);
  if (error) return Error{"cannot use the key " + options.key.string() + " with that certificate: " + error.message()};
  return tls;
}

class Server final : public InboxServer {
 public:
  Server(InboxServerOptions options, Say say) : options_(std::move(options)), say_(std::move(say)) {}

  Result<void> listen() {
    if (auto read = read_files(); !read) return read;
    boost::system::error_code error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return Error{"'" + options_.address + "' is no address to listen at; :: is all of this machine's"};
    const std::string where = options_.address + " port " + std::to_string(options_.port);
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error && address.is_v6()) acceptor_.set_option(asio::ip::v6_only(false), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return Error{"cannot listen at " + where + ": " + error.message()};
    return {};
  }

  std::uint16_t port() const override {
    boost::system::error_code error;
    return acceptor_.local_endpoint(error).port();
  }
  std::vector<std::string> sensors() const override { return tokens_.sensors(); }
  const Counts& counts() const override { return counts_; }

  Result<void> run(const std::atomic<bool>& stop, std::atomic<bool>& reload, const std::function<void()>& reloaded) override {
    asio::co_spawn(context_, accept(), asio::detached);
    asio::co_spawn(context_, watch(stop, reload, reloaded), asio::detached);
    context_.run();
    return {};
  }

 private:
  Result<void> read_files() {
    auto tokens = TokenTable::read(options_.tokens);
    if (!tokens) return tokens.error();
    auto tls = tls_of(options_);
    if (!tls) return tls.error();
    for (const std::string& sensor : tokens->sensors()) {
      if (inboxes_.contains(sensor)) continue;
      auto inbox = SegmentInbox::open(options_.folder / sensor, options_.limits);
      if (!inbox) return inbox.error();
      inboxes_.emplace(sensor, *std::move(inbox));
    }
    tokens_ = *std::move(tokens);
    tls_ = *std::move(tls);
    return {};
  }

  asio::awaitable<void> watch(const std::atomic<bool>& stop, std::atomic<bool>& reload, const std::function<void()>& reloaded) {
    asio::steady_timer timer(context_);
    while (!stop) {
      timer.expires_after(kTick);
      co_await timer.async_wait(asio::use_awaitable);
      if (reload.exchange(false)) {
        if (auto read = read_files(); read)
          reloaded();
        else
          say_(read.error().sentence + "; what was read before stays");
      }
    }
    context_.stop();
  }

  asio::awaitable<void> accept() {
    asio::steady_timer timer(context_);
    for (;;) {
      while (open_ >= options_.connections) {
        timer.expires_after(kTick);
        co_await timer.async_wait(asio::use_awaitable);
      }
      boost::system::error_code error;
      tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error) {
        // No descriptors left, for one: what is connected goes on.
        timer.expires_after(kTick);
        co_await timer.async_wait(asio::use_awaitable);
        continue;
      }
      ++open_;
      asio::co_spawn(context_, connection(std::move(socket)), [this](const std::exception_ptr& failed) {
        --open_;
        if (failed) ++counts_.broken;
      });
    }
  }

  /// Ends by an exception where the other side does not speak as it should, or takes too long.
  asio::awaitable<void> connection(tcp::socket socket) {
    const auto tls = tls_;  // an answer goes on with what it began with
    TlsStream stream(std::move(socket), *tls);
    beast::tcp_stream& below = beast::get_lowest_layer(stream);
    below.expires_after(std::chrono::seconds(options_.handshake_seconds));
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
    beast::flat_buffer buffer(kMostHeadBytes + kPieceBytes);
    bool keep = true;
    while (keep) {
      below.expires_after(std::chrono::seconds(options_.request_seconds));
      http::request_parser<http::string_body> parser;
      parser.header_limit(kMostHeadBytes);
      parser.body_limit(kPieceBytes);
      boost::system::error_code error;
      co_await http::async_read_header(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
      if (error == http::error::end_of_stream || error == asio::ssl::error::stream_truncated) break;
      std::optional<std::string> sensor;
      std::optional<Response> response;
      if (error == http::error::body_limit)
        response = mistake(http::status::payload_too_large, "a piece has at most " + std::to_string(kPieceBytes) + " bytes", false);
      else if (error)
        response = mistake(http::status::bad_request, "this is no request that this program takes", false);
      else if (sensor = sensor_of(parser.get()); !sensor)
        response = mistake(http::status::unauthorized, "no sensor has this token", false);
      if (response) {
        // The body of whom we do not know is not read.
        if (!error) {
          ++counts_.unknown;
          asio::steady_timer timer(context_);
          timer.expires_after(kPauseOfUnknown);
          co_await timer.async_wait(asio::use_awaitable);
        }
      } else {
        if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
          http::response<http::empty_body> go_on{http::status::continue_, 11};
          co_await http::async_write(stream, go_on, asio::use_awaitable);
        }
        below.expires_after(std::chrono::seconds(options_.request_seconds));
        co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
        if (error == http::error::body_limit)
          response = mistake(http::status::payload_too_large, "a piece has at most " + std::to_string(kPieceBytes) + " bytes", false);
        else if (error)
          throw boost::system::system_error(error);
        else
          response = answer(*sensor, parser.get());
      }
      keep = response->keep_alive() && parser.get().keep_alive();
      response->keep_alive(keep);
      below.expires_after(std::chrono::seconds(options_.request_seconds));
      co_await http::async_write(stream, *response, asio::use_awaitable);
    }
    below.expires_after(std::chrono::seconds(options_.handshake_seconds));
    boost::system::error_code ignored;
    co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
  }

  std::optional<std::string> sensor_of(const http::request<http::string_body>& request) const {
    constexpr std::string_view scheme = "Bearer ";
    const auto field = request[http::field::authorization];
    const std::string_view text(field.data(), field.size());
    return text.starts_with(scheme) ? tokens_.sensor_of(text.substr(scheme.size())) : std::nullopt;
  }

  Response answer(const std::string& sensor, const http::request<http::string_body>& request) {
    const std::string_view target(request.target().data(), request.target().size());
    if (request.method() == http::verb::post) return share_attacks(sensor, target, request.body());
    const bool put = request.method() == http::verb::put;
    if (!put && request.method() != http::verb::get)
      return mistake(http::status::method_not_allowed, "GET, PUT and POST are what there is", true);
    const auto question = question_of(target, put);
    const auto inbox = inboxes_.find(sensor);
    if (!question || inbox == inboxes_.end())
      return mistake(http::status::not_found,
                     "there is only " + std::string(kPath) + "SHA256, of a PUT with ?size=N&offset=N, and POST /v1/attacks", true);
    const InboxState state = put ? inbox->second.append(question->digest, question->size, question->offset, request.body())
                                 : inbox->second.state(question->digest);
    if (put) count(sensor, *question, state, request.body().size());
    nlohmann::ordered_json body = {{"have", state.have}, {"complete", state.complete}};
    if (state.refusal != Refusal::none)
      body["error"] = state.refusal == Refusal::failed ? "the central node could not write it" : state.sentence;
    return response_of(status_of(state.refusal), body, true);
  }

  Response share_attacks(const std::string& sensor, std::string_view target, std::string_view lines) {
    const auto cursor = target.starts_with(kAttacksPath) ? number_of(target.substr(kAttacksPath.size())) : std::nullopt;
    if (!cursor) return mistake(http::status::not_found, "a POST is for " + std::string(kAttacksPath) + "CURSOR", true);
    std::vector<Prefix> attacks;
    while (!lines.empty()) {
      const std::size_t end = std::min(lines.find('\n'), lines.size());
      const auto attack = parse_prefix(lines.substr(0, end));
      lines.remove_prefix(std::min(end + 1, lines.size()));
      if (!attack || !reflector::is_shared_prefix(*attack) || attacks.size() == kMostAttacksTold)
        return mistake(http::status::unprocessable_entity,
                       "lines of at most " + std::to_string(kMostAttacksTold) + " attacks: /32 and /24, of IPv6 /64 and /48", true);
      attacks.push_back(*attack);
    }
    const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
    for (const Prefix& attack : attacks)
      if (!hub_.tell(sensor, attack, now))
        return mistake(http::status::insufficient_storage, "more attacks than are kept of one sensor", true);
    counts_.attacks += attacks.size();
    const AttackHub::News news = hub_.since(sensor, *cursor, now, kMostAttacksAnswered);
    nlohmann::ordered_json body = {{"cursor", news.cursor}, {"attacks", nlohmann::ordered_json::array()}};
    for (const Prefix& attack : news.attacks) body["attacks"].push_back(format(attack));
    return response_of(http::status::ok, body, true);
  }

  void count(const std::string& sensor, const Question& question, const InboxState& state, std::size_t bytes) {
    if (state.refusal != Refusal::none) {
      ++counts_.refused;
      if (state.refusal != Refusal::wrong_offset && std::exchange(said_[sensor], state.sentence) != state.sentence)
        say_(sensor + ": " + state.sentence);
      return;
    }
    const bool was_complete = state.complete && question.offset + bytes != question.size;
    if (was_complete) return;
    counts_.bytes += bytes;
    if (!state.complete) return;
    ++counts_.segments;
    said_.erase(sensor);
    say_(sensor + ": a segment of " + human_bytes(question.size) + " (" + question.digest.substr(0, 12) + ")");
  }

  InboxServerOptions options_;
  Say say_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  TokenTable tokens_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::map<std::string, SegmentInbox> inboxes_;
  std::map<std::string, std::string> said_;  ///< the last refusal of each sensor: said once
  /// Later runs number on from a later time.
  AttackHub hub_{static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch() / std::chrono::microseconds(1)), {}};
  Counts counts_;
  std::size_t open_ = 0;
};

}  // namespace

Result<std::unique_ptr<InboxServer>> InboxServer::open(const InboxServerOptions& options, Say say) {
  auto server = std::make_unique<Server>(options, std::move(say));
  if (auto listening = server->listen(); !listening) return listening.error();
  return std::unique_ptr<InboxServer>(std::move(server));
}

}  // namespace nightjar
