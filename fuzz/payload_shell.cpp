// Any bytes as a payload and as a shell text: bounds hold, what is shown holds no address that links.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "payload/malware_url.hpp"
#include "payload/malware_urls.hpp"
#include "payload/shell.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const bool open : {false, true}) {
    const auto commands = read_shell(text, open);
    if (commands.size() > kMostShellCommands) std::abort();
    for (const ShellCommand& command : commands) {
      if (command.words.empty() || command.at > size) std::abort();
      if (!open && (command.cut || command.words.back().cut)) std::abort();
      program_words(command);
    }
  }
  const auto found = malware_urls({bytes, size});
  if (found.size() > kMostDownloads) std::abort();
  for (const Download& download : found) {
    if (download.url.find("://") == std::string::npos || download.url.find_first_of(" \n\"'") != std::string::npos) std::abort();
    const std::string shown = defang(download.url);
    if (shown.starts_with("http://") || shown.starts_with("https://") || shown.starts_with("ftp://")) std::abort();
  }
  // Something that ends every address follows: then none is cut.
  std::string ended(text);
  ended += "\n";
  for (const Download& download : malware_urls({reinterpret_cast<const std::uint8_t*>(ended.data()), ended.size()}))
    if (download.cut && size < 1'024 && text.find_first_of("\"'\\`$%&") == std::string_view::npos) std::abort();
  for (const std::string& command : injected_commands({bytes, size}))
    if (command.empty()) std::abort();
  return 0;
}
