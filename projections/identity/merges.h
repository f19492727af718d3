// Which accounts are the same, by the merges in force.
#ifndef PROJECTIONS_IDENTITY_MERGES_H_
#define PROJECTIONS_IDENTITY_MERGES_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace journey::projections {

// All accounts that are the same as one, itself included, sorted; the first
// one stands for all. `others_of` tells with which ones an account is merged
// directly; its first error is the answer.
inline absl::StatusOr<std::vector<std::string>> SameAccounts(
    const std::string& account_id,
    absl::FunctionRef<
        absl::StatusOr<std::vector<std::string>>(const std::string&)>
        others_of) {
  std::set<std::string> seen = {account_id};
  std::vector<std::string> open = {account_id};
  while (!open.empty()) {
    const std::string id = std::move(open.back());
    open.pop_back();
    const auto others = others_of(id);
    if (!others.ok()) return others.status();
    for (const std::string& other : *others) {
      if (seen.insert(other).second) open.push_back(other);
    }
  }
  return std::vector<std::string>(seen.begin(), seen.end());
}

}  // namespace journey::projections

#endif  // PROJECTIONS_IDENTITY_MERGES_H_
