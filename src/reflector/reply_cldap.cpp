// LDAP over UDP (RFC 1798, MS-ADTS 3.1.1.3.2): the root entry of a directory, and that the search is done, in one datagram.
#include <array>

#include "payload/ber_reader.hpp"
#include "payload/request_kinds.hpp"
#include "reflector/ber_writer.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

struct Attribute {
  std::string_view name;
  std::array<std::string_view, 5> values;
};
/// As a domain controller tells everybody. The domain is nobody's (RFC 6762 keeps .local).
constexpr std::array kAttributes = {
    Attribute{"subschemaSubentry", {"CN=Aggregate,CN=Schema,CN=Configuration,DC=office,DC=local"}},
    Attribute{"namingContexts",
              {"DC=office,DC=local", "CN=Configuration,DC=office,DC=local", "CN=Schema,CN=Configuration,DC=office,DC=local"}},
    Attribute{"defaultNamingContext", {"DC=office,DC=local"}},
    Attribute{"configurationNamingContext", {"CN=Configuration,DC=office,DC=local"}},
    Attribute{"rootDomainNamingContext", {"DC=office,DC=local"}},
    Attribute{"supportedLDAPVersion", {"3", "2"}},
    Attribute{"supportedSASLMechanisms", {"GSSAPI", "GSS-SPNEGO", "EXTERNAL", "DIGEST-MD5"}},
    Attribute{"dnsHostName", {"dc1.office.local"}},
    Attribute{"ldapServiceName", {"office.local:dc1$@OFFICE.LOCAL"}},
    Attribute{"isSynchronized", {"TRUE"}},
    Attribute{"isGlobalCatalogReady", {"TRUE"}},
    Attribute{"domainFunctionality", {"4"}},
    Attribute{"forestFunctionality", {"4"}},
};

constexpr std::uint8_t kInteger = 0x02, kOctets = 0x04, kEnumerated = 0x0a, kSequence = 0x30, kSet = 0x31, kEntry = 0x64, kDone = 0x65;

}  // namespace

void reply_cldap(const Asked& asked, ReplyPackets& replies) {
  if (!asked.is(cldap_kind::search)) return;
  std::span<const std::uint8_t> bytes = asked.payload;
  std::span<const std::uint8_t> message = requests::take_ber(bytes).content;
  const requests::BerValue id = requests::take_ber(message);
  if (!id.ok || id.content.size() > 4) return;
  BerWriter writer(asked.is(cldap_kind::long_lengths) ? BerWriter::Lengths::four_bytes : BerWriter::Lengths::shortest);
  // From the end: first that the search is done.
  const std::size_t done = writer.mark();
  writer.text(kOctets, "");  // no message
  writer.text(kOctets, "");  // nobody's name
  writer.number(kEnumerated, 0);
  writer.header(kDone, done);
  writer.value(kInteger, id.content);
  writer.header(kSequence, done);
  // A filter other than "has an objectclass" finds nothing.
  if (asked.is(cldap_kind::object_class)) {
    const std::size_t entry = writer.mark();
    for (std::size_t i = kAttributes.size(); i-- > 0;) {
      const std::size_t attribute = writer.mark();
      const auto& values = kAttributes[i].values;
      for (std::size_t j = values.size(); j-- > 0;) {
        if (!values[j].empty()) writer.text(kOctets, values[j]);
      }
      writer.header(kSet, attribute);
      writer.text(kOctets, kAttributes[i].name);
      writer.header(kSequence, attribute);
    }
    writer.header(kSequence, entry);
    writer.text(kOctets, "");
    writer.header(kEntry, entry);
    writer.value(kInteger, id.content);
    writer.header(kSequence, entry);
  }
  if (!writer.fits()) return;
  PacketWriter packet = replies.open();
  packet.bytes(writer.bytes());
  replies.close(packet);
}

}  // namespace nightjar::reflector
