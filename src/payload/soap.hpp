#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nightjar {

/// An element of something like XML and the text behind its opening tag, as received.
struct SoapElement {
  std::string_view name;  ///< without prefix: "AddPortMapping" of <u:AddPortMapping ...>
  std::string_view text;  ///< up to the next tag, or what is in CDATA; may be empty or cut
};
inline constexpr std::size_t kMostSoapElements = 512;

/// Finds opening tags and the text behind them. No XML parser: nothing needs to be closed, nested, declared or spelled as it ought to
/// be. Overwrites `elements`, at most kMostSoapElements.
void read_elements(std::string_view body, std::vector<SoapElement>& elements);

/// The action that a SOAPAction header names ("AddPortMapping" of "urn:...:WANIPConnection:1#AddPortMapping", "GetDeviceSettings" of
/// "http://.../HNAP1/GetDeviceSettings/`reboot`"), or else the first element in Body; empty where there is neither.
std::string_view soap_action(std::string_view header, const std::vector<SoapElement>& elements);

/// Overwrites `decoded` with `text` in which the five entities of XML and those with numbers up to 255 are their bytes.
void decode_entities(std::string_view text, std::string& decoded);

}  // namespace nightjar
