#pragma once

#include <open62541/types.h>
#include <open62541/types_generated.h>
#include <open62541/types_generated_handling.h>

#include <string>
#include <string_view>
#include <utility>

namespace millrace::opcua {

/// A UA_* structure that is cleared when it goes. `Type` is its place in UA_TYPES.
template <class T, std::size_t Type>
class Owned {
 public:
  Owned() { UA_init(&value, &UA_TYPES[Type]); }
  explicit Owned(const T& taken) : value(taken) {}
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Owned(Owned&& other) noexcept : value(other.value) { UA_init(&other.value, &UA_TYPES[Type]); }
  Owned& operator=(Owned&& other) noexcept {
    std::swap(value, other.value);
    return *this;
  }
  ~Owned() { UA_clear(&value, &UA_TYPES[Type]); }

  T value;
};
using OwnedNodeId = Owned<UA_NodeId, UA_TYPES_NODEID>;
using OwnedVariant = Owned<UA_Variant, UA_TYPES_VARIANT>;
using OwnedDataValue = Owned<UA_DataValue, UA_TYPES_DATAVALUE>;
using OwnedBytes = Owned<UA_ByteString, UA_TYPES_BYTESTRING>;

inline std::string_view view(const UA_String& text) {
  return {reinterpret_cast<const char*>(text.data), text.length};
}
inline std::string text(const UA_String& value) { return std::string(view(value)); }

/// A UA_String that borrows; valid as long as what it borrows from.
inline UA_String borrow(std::string_view text) {
  UA_String borrowed;
  borrowed.length = text.size();
  // The library's structures have no const; it does not write through what it only reads.
  borrowed.data = reinterpret_cast<UA_Byte*>(const_cast<char*>(text.data()));
  return borrowed;
}
/// A UA_String of its own, to be cleared by the structure it is put into.
inline UA_String copy(std::string_view text) {
  const UA_String borrowed = borrow(text);
  UA_String own = UA_STRING_NULL;
  UA_String_copy(&borrowed, &own);
  return own;
}

inline bool is_bad(UA_StatusCode status) { return (status & 0x80000000U) != 0; }

}  // namespace millrace::opcua
