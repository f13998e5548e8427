// HTTP: where a request ends, whatever is wrong with its lengths, and one answer to each.
//
// Bots announce lengths that are too long or too short, leave out the blank line or the request line. So an answer comes when the request
// is over by its own words, or when the client is silent; what is behind the announced end and begins no request is read over.
#include <algorithm>
#include <string>
#include <utility>

#include "honeypot/dialogues.hpp"
#include "honeypot/http_reply.hpp"
#include "honeypot/recognise.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kMostHead = 16'384, kMostKept = 32'768;  ///< of a request; bodies go on, but are not kept
constexpr std::uint64_t kMostBody = 1'073'741'824;
constexpr int kMostRequests = 32;  ///< in one conversation
constexpr std::chrono::milliseconds kRequestOver{1'500};

class HttpDialogue : public Dialogue {
 public:
  explicit HttpDialogue(const Opening& opening) : opening_(opening) {}

  void received(std::string_view bytes, Answer& answer) override {
    while (!bytes.empty() && !answer.closed()) {
      switch (state_) {
        case State::head: head_byte(bytes.front(), answer), bytes.remove_prefix(1); break;
        case State::body: body(bytes, answer); break;
        case State::chunks: chunk_byte(bytes.front(), answer), bytes.remove_prefix(1); break;
        case State::until_silence: keep(bytes), bytes = {}; break;
      }
    }
    if (!answer.closed() && (state_ != State::head || !request_.empty())) answer.call_after(kRequestOver);
  }

  void silent(Answer& answer) override {
    if (state_ == State::head && request_.empty()) return;
    respond(answer, false);
  }

 private:
  enum class State : std::uint8_t { head, body, chunks, until_silence };

  void keep(std::string_view bytes) { request_ += bytes.substr(0, kMostKept - std::min(kMostKept, request_.size())); }

  void head_byte(char c, Answer& answer) {
    if (request_.empty() && (c == '\r' || c == '\n')) return;  // blank lines before a request (RFC 9112, 2.2)
    request_ += c;
    if (c != '\n') {
      line_bytes_ += c != '\r';
      if (request_.size() >= kMostHead) respond(answer, false);
      return;
    }
    const bool blank = line_bytes_ == 0;
    line_bytes_ = 0;
    if (!first_line_over_) return end_first_line();
    if (blank) end_head(answer);
  }

  /// What begins no request is the body of a request without its head, or what is left of a body that was longer than announced.
  void end_first_line() {
    if (recognise(request_) == Spoken::http || (requests_ == 0 && may_be_http(request_) && request_[0] != '<')) {
      first_line_over_ = true;
    } else if (requests_ == 0) {
      state_ = State::until_silence;
    } else {
      request_.clear();
    }
  }

  void end_head(Answer& answer) {
    HttpRequest request;
    if (!read_http_request(request_, request)) return respond(answer, false);
    if (equal_in_any_case(request.header("Expect"), "100-continue")) answer.send("HTTP/1.1 100 Continue\r\n\r\n");
    const std::string_view length = request.header("Content-Length");
    if (equal_in_any_case(request.header("Transfer-Encoding"), "chunked")) {
      state_ = State::chunks;
    } else if (!length.empty() && length.size() < 12 && length.find_first_not_of("0123456789") == length.npos) {
      body_left_ = 0;
      for (const char c : length) body_left_ = body_left_ * 10 + static_cast<std::uint64_t>(c - '0');
      state_ = body_left_ > kMostBody ? State::until_silence : State::body;
      if (body_left_ == 0) respond(answer, true);
    } else if (request.method == "POST" || request.method == "PUT" || !length.empty()) {
      state_ = State::until_silence;  // a body of unknown length may come
    } else {
      respond(answer, true);
    }
  }

  void body(std::string_view& bytes, Answer& answer) {
    const std::string_view part = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, bytes.size())));
    keep(part);
    bytes.remove_prefix(part.size());
    body_left_ -= part.size();
    if (body_left_ == 0) respond(answer, true);
  }

  /// Sizes in hexadecimal digits, a line each, so many bytes behind it, and a size of 0 with a blank line at the end (RFC 9112, 7.1).
  void chunk_byte(char c, Answer& answer) {
    keep(std::string_view(&c, 1));
    if (body_left_ > 0) {
      if (--body_left_ == 0) chunk_size_ = 0, chunk_line_ = 0, after_chunk_ = true;
      return;
    }
    if (c != '\n') {
      if (c == '\r') return;
      const int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
      if (digit < 0) chunk_ended_ = true;  // an extension
      if (!chunk_ended_ && chunk_line_ < 7) chunk_size_ = chunk_size_ * 16 + static_cast<std::uint32_t>(digit);
      ++chunk_line_;
      return;
    }
    chunk_ended_ = false;
    if (std::exchange(after_chunk_, false) && chunk_line_ == 0) return;
    if (last_chunk_ && chunk_line_ == 0) return respond(answer, true);
    last_chunk_ = last_chunk_ || (chunk_line_ > 0 && chunk_size_ == 0);
    body_left_ = last_chunk_ ? 0 : chunk_size_;
    chunk_size_ = chunk_line_ = 0;
  }

  void respond(Answer& answer, bool whole) {
    HttpRequest request;
    HttpReply reply;
    const bool readable = read_http_request(request_, request);
    if (readable)
      reply = http_reply(request, opening_);
    else
      reply = {400, "text/html", "<html><body><h2>400 Bad Request</h2></body></html>\r\n", {}};
    const std::string_view first_line = std::string_view(request_).substr(0, request_.find('\n'));
    const std::string_view connection = request.header("Connection");
    const bool old = first_line.find("HTTP/1.1") == first_line.npos;
    const bool keep_alive = whole && readable && ++requests_ < kMostRequests &&
                            (old ? equal_in_any_case(connection, "keep-alive") : !equal_in_any_case(connection, "close"));
    answer.send(http_bytes(reply, request.method != "HEAD", keep_alive, answer.unix_seconds()));
    if (!keep_alive) answer.close();
    request_.clear();
    state_ = State::head;
    line_bytes_ = chunk_line_ = chunk_size_ = 0;
    body_left_ = 0;
    first_line_over_ = chunk_ended_ = last_chunk_ = after_chunk_ = false;
  }

  Opening opening_;
  std::string request_;  ///< the one that is being received, its front
  std::uint64_t body_left_ = 0;
  std::uint32_t line_bytes_ = 0, chunk_line_ = 0, chunk_size_ = 0;
  int requests_ = 0;
  State state_ = State::head;
  bool first_line_over_ = false, chunk_ended_ = false, last_chunk_ = false, after_chunk_ = false;
};

}  // namespace

std::unique_ptr<Dialogue> make_http(const Opening& opening) { return std::make_unique<HttpDialogue>(opening); }

}  // namespace nightjar
