#include "tests/views/identity_reference.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "projections/conclude.h"
#include "projections/journey_fold.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"

namespace journey::testing {
namespace {

constexpr int kAccount = v1::SUBJECT_TYPE_ACCOUNT;
constexpr int kContact = v1::SUBJECT_TYPE_CONTACT;
constexpr int kVisitor = v1::SUBJECT_TYPE_VISITOR;
constexpr int kDeal = v1::SUBJECT_TYPE_DEAL;

class Definition {
 public:
  explicit Definition(const std::vector<v1::Touchpoint>& touchpoints)
      : touchpoints_(touchpoints) {
    std::sort(
        touchpoints_.begin(), touchpoints_.end(),
        [](const auto& a, const auto& b) { return OrderOf(a) < OrderOf(b); });
  }

  std::map<SubjectName, std::vector<v1::Touchpoint>> Journeys() const {
    std::map<SubjectName, std::vector<v1::Touchpoint>> out;
    for (const v1::Touchpoint& t : touchpoints_) {
      if (t.has_identity_link() || t.has_account_merge() || t.has_spend()) {
        continue;
      }
      out[JourneyOf(t)].push_back(t);
    }
    return out;
  }

 private:
  using Order = std::tuple<core::Micros, std::string, std::string>;

  static Order OrderOf(const v1::Touchpoint& t) {
    return {core::ToMicros(t.occurred_at()), t.source(), t.touchpoint_id()};
  }

  SubjectName JourneyOf(const v1::Touchpoint& t) const {
    if (!t.deal_id().empty()) return JourneyOfDeal(t.deal_id());
    return Follow(WidestOf(t), core::ToMicros(t.occurred_at()));
  }

  static SubjectName WidestOf(const v1::Touchpoint& t) {
    if (!t.account_id().empty()) return {kAccount, t.account_id()};
    if (!t.contact_id().empty()) return {kContact, t.contact_id()};
    if (!t.anonymous_id().empty()) return {kVisitor, t.anonymous_id()};
    return {kDeal, t.deal_id()};
  }

  // The newest account, else the newest contact, else the deal itself.
  SubjectName JourneyOfDeal(const std::string& deal_id) const {
    for (const int wanted : {kAccount, kContact}) {
      for (auto t = touchpoints_.rbegin(); t != touchpoints_.rend(); ++t) {
        if (t->deal_id() != deal_id) continue;
        const std::string& id =
            wanted == kAccount ? t->account_id() : t->contact_id();
        if (id.empty()) continue;
        return Follow({wanted, id}, core::ToMicros(t->occurred_at()));
      }
    }
    return {kDeal, deal_id};
  }

  SubjectName Follow(const SubjectName& subject, core::Micros at) const {
    if (subject.first == kAccount)
      return {kAccount, SmallestOf(subject.second)};
    const v1::Touchpoint* in_force = nullptr;
    SubjectName last;
    int changes = 0;
    for (const v1::Touchpoint& t : touchpoints_) {
      const SubjectName wider = WiderOf(t, subject);
      if (wider.second.empty()) continue;
      changes += static_cast<int>(wider != last);
      last = wider;
      if (in_force == nullptr || core::ToMicros(t.occurred_at()) <= at) {
        in_force = &t;
      }
    }
    // Who belonged to more than a thousand in turn is shared.
    if (in_force == nullptr || changes > 1000) return subject;
    return Follow(WiderOf(*in_force, subject), at);
  }

  // What the touchpoint links the subject to; no id where to nothing.
  static SubjectName WiderOf(const v1::Touchpoint& t,
                             const SubjectName& subject) {
    const std::string& id =
        subject.first == kVisitor ? t.anonymous_id() : t.contact_id();
    if (id != subject.second) return {};
    if (subject.first == kVisitor && !t.contact_id().empty()) {
      return {kContact, t.contact_id()};
    }
    return {kAccount, t.account_id()};
  }

  std::string SmallestOf(const std::string& account_id) const {
    std::set<std::string> same = {account_id};
    for (size_t before = 0; before != same.size();) {
      before = same.size();
      for (const v1::Touchpoint& t : touchpoints_) {
        if (!t.has_account_merge()) continue;
        const std::string& other = t.account_merge().other_account_id();
        if (same.count(t.account_id()) > 0) same.insert(other);
        if (same.count(other) > 0) same.insert(t.account_id());
      }
    }
    return *same.begin();
  }

  // In canonical order.
  std::vector<v1::Touchpoint> touchpoints_;
};

}  // namespace

std::map<SubjectName, std::vector<v1::Touchpoint>> JourneysByDefinition(
    const std::vector<v1::Touchpoint>& touchpoints) {
  return Definition(touchpoints).Journeys();
}

std::map<SubjectName, std::string> ConcludeByDefinition(
    const projections::Rules& rules,
    const std::vector<v1::Touchpoint>& touchpoints, core::Micros now) {
  std::map<SubjectName, std::string> out;
  for (const auto& [name, own] : JourneysByDefinition(touchpoints)) {
    projections::JourneyFold fold(core::ToSubject(
        {static_cast<v1::SubjectType>(name.first), name.second}));
    for (const v1::Touchpoint& t : own) projections::Evolve(rules, t, fold);
    const core::Micros instant =
        std::max(now, core::ToMicros(own.back().occurred_at()));
    out[name] =
        projections::ConcludeJourney(rules, fold, instant).SerializeAsString();
  }
  return out;
}

}  // namespace journey::testing
