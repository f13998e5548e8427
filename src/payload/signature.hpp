#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightjar {

/// A pattern of bytes, as the regular expression that vectorscan compiles.
struct SignaturePattern {
  std::string expression;  ///< '.' is any byte; no UTF-8 mode
  bool any_case = false;   ///< letters match in either case
  std::size_t fixed = 0;   ///< bytes that it matches, where that is known (texts and hex); else 0
  std::size_t line = 1;
};

/// What must hold of a field of the request (http_request.hpp, soap.hpp). One field is enough that has the name and passes the tests.
struct FieldCondition {
  enum class Where : std::uint8_t { method, path, query, parameter, header, element, soap_action, body };
  Where where = Where::body;
  std::string name;                  ///< in small letters, '*' stands for anything; empty: any
  std::optional<std::string> holds;  ///< in small letters
  bool shell = false;                ///< a shell metacharacter is in it
  bool command = false;              ///< it is or hides a shell command (shell_command.hpp)
  std::size_t line = 1;
};

/// One way in which a signature may hold: all of `all`, one of `any` (where there are some), none of `none`, all of `fields`.
struct SignatureCase {
  std::vector<SignaturePattern> all, any, none;
  std::vector<FieldCondition> fields;
  /// A hidden command was found in a field of SOAP, or of HTTP elsewhere; no patterns are needed then.
  enum class Injection : std::uint8_t { no, soap, http };
  Injection injection = Injection::no;
  std::size_t line = 1;
};

/// What a signature recognises. An exploit knows the hidden commands in its payload: they are no new injection points.
enum class SignatureKind : std::uint8_t { exploit, malware, tool, technique };
inline constexpr std::string_view kSignatureKindNames[] = {"exploit", "malware", "tool", "technique"};

/// An entry of a signature file (docs/signatures.md).
struct Signature {
  std::string id;  ///< small letters, digits, hyphens
  std::string name;
  std::vector<std::string> cve;  ///< "CVE-2014-8361"
  std::string vendor, product;
  std::vector<std::uint16_t> ports;  ///< a hint for people, never asked for
  std::uint8_t protocol = 6;         ///< 6 TCP, 17 UDP
  SignatureKind kind = SignatureKind::exploit;
  bool family = false;   ///< the last word of the matching bytes names the malware's family
  std::string source;    ///< where the bytes are known from
  std::int64_t day = 0;  ///< since 1970: when it was first seen or told
  std::vector<SignatureCase> cases;
  std::string file;  ///< for sentences
  std::size_t line = 1;
};

}  // namespace nightjar
