// SHA-256.
#ifndef SERVICE_CORE_SHA256_H_
#define SERVICE_CORE_SHA256_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

struct evp_md_ctx_st;

namespace journey::core {

// Digests, one after the other: making the first one costs as much as hashing
// a touchpoint, so keep it where there are many. Not thread-safe.
class Sha256 {
 public:
  Sha256();

  // What follows what was added before.
  void Add(absl::string_view bytes);

  // The 32 bytes over all that was added since the last call.
  [[nodiscard]] std::string Finish();

 private:
  struct Deleter {
    void operator()(evp_md_ctx_st* context) const;
  };

  void Begin();

  const std::unique_ptr<evp_md_ctx_st, Deleter> context_;
};

}  // namespace journey::core

#endif  // SERVICE_CORE_SHA256_H_
