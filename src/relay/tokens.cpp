#include "relay/tokens.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <set>

#include "base/file.hpp"
#include "base/text.hpp"
#include "relay/digest.hpp"
#include "sensor/sensors.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kScheme = "sha256:";
constexpr std::uint64_t kMostFileBytes = 1 << 20;
constexpr std::size_t kFewestSigns = 32, kMostSigns = 512;

std::string digest_of(std::string_view text) {
  Sha256 digest;
  digest.add(text);
  return digest.finish();
}

/// What others can read is no secret.
Result<void> check_private(const std::filesystem::path& file) {
  struct stat what {};
  if (::stat(file.c_str(), &what) != 0) return errno_error("cannot read " + file.string(), errno);
  if ((what.st_mode & S_IROTH) != 0) return Error{file.string() + " can be read by everybody on this machine: chmod 600 " + file.string()};
  return {};
}

/// A sensor's name is the name of its folder, too, and a word of a line.
Result<void> check_folder_name(std::string_view name) {
  if (auto good = check_sensor_name(name); !good) return good;
  if (name.front() == '.' || name.front() == '#' || name.find_first_of(" \t") != std::string_view::npos)
    return Error{"'" + escape_for_terminal(name) + "': a sensor that sends has a name without blanks that begins with neither '.' nor '#'"};
  return {};
}

std::string_view word_of(std::string_view& line) {
  const auto begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) {
    line = {};
    return {};
  }
  const auto end = std::min(line.find_first_of(" \t\r", begin), line.size());
  const std::string_view word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

}  // namespace

Result<TokenTable> TokenTable::parse(std::string_view text, const std::filesystem::path& file) {
  TokenTable table;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view sensor = word_of(line);
    if (sensor.empty() || sensor.front() == '#') continue;
    const std::string where = file.string() + " line " + std::to_string(number) + ": ";
    if (auto name = check_folder_name(sensor); !name) return Error{where + name.error().sentence};
    const std::string_view digest = word_of(line);
    if (!digest.starts_with(kScheme) || !Sha256::is_digest(digest.substr(kScheme.size())) || !word_of(line).empty())
      return Error{where + "not 'SENSOR sha256:' and 64 hexadecimal digits; nightjar receive --new-token SENSOR writes such a line"};
    table.entries_.push_back({std::string(sensor), std::string(digest.substr(kScheme.size()))});
  }
  return table;
}

Result<TokenTable> TokenTable::read(const std::filesystem::path& file) {
  auto text = read_file(file, kMostFileBytes);
  if (!text) return text.error();
  if (auto hidden = check_private(file); !hidden) return hidden.error();
  return parse(*text, file);
}

std::optional<std::string> TokenTable::sensor_of(std::string_view token) const {
  const std::string digest = digest_of(token);
  const Entry* found = nullptr;
  for (const Entry& entry : entries_)
    if (CRYPTO_memcmp(entry.digest.data(), digest.data(), digest.size()) == 0) found = &entry;
  return found == nullptr ? std::nullopt : std::optional(found->sensor);
}

std::vector<std::string> TokenTable::sensors() const {
  std::set<std::string> names;
  for (const Entry& entry : entries_) names.insert(entry.sensor);
  return {names.begin(), names.end()};
}

Result<std::string> new_token() {
  std::array<char, 32> chance{};
  if (::getrandom(chance.data(), chance.size(), 0) != static_cast<ssize_t>(chance.size()))
    return errno_error("the system gives no random bytes", errno);
  // Its hash is as random, and has the form that is wanted.
  return digest_of({chance.data(), chance.size()});
}

Result<void> add_token(const std::filesystem::path& file, const std::string& sensor, std::string_view token) {
  if (auto name = check_folder_name(sensor); !name) return name.error();
  std::string before;
  if (std::error_code none; std::filesystem::exists(file, none)) {
    auto text = read_file(file, kMostFileBytes);
    if (!text) return text.error();
    before = *std::move(text);
  }
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return errno_error("cannot write " + file.string(), errno);
  const std::string line =
      (before.empty() || before.back() == '\n' ? "" : "\n") + sensor + " " + std::string(kScheme) + digest_of(token) + "\n";
  const bool written = ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(descriptor) == 0;
  const int reason = errno;
  ::close(descriptor);
  if (!written) return errno_error("cannot write " + file.string(), reason);
  return check_private(file);
}

Result<std::string> read_token(const std::filesystem::path& file) {
  auto text = read_file(file, kMostFileBytes);
  if (!text) return text.error();
  if (auto hidden = check_private(file); !hidden) return hidden.error();
  std::string_view rest = *text;
  std::string_view line = rest.substr(0, rest.find('\n'));
  const std::string token(word_of(line));
  const bool plain = std::ranges::all_of(token, [](char sign) { return sign > ' ' && sign < 0x7f; });
  if (token.size() < kFewestSigns || token.size() > kMostSigns || !plain)
    return Error{file.string() + " holds no token: its first line must be what nightjar receive --new-token printed"};
  return token;
}

}  // namespace nightjar
