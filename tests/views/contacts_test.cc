// ListContacts against GetJourney of a store in which each contact of each
// journey has its touchpoints for itself.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/identity.h"
#include "tests/views/identity_fixture.h"

namespace journey::testing {
namespace {

class ContactsTest : public RandomIdentityTest {
 protected:
  absl::StatusOr<v1::ListContactsResponse> Contacts(
      v1::SubjectType type, const std::string& id, int page_size = 0,
      const std::string& page_token = "") {
    v1::ListContactsRequest request;
    request.set_tenant_id(Engine::kTenant);
    request.mutable_subject()->set_type(type);
    request.mutable_subject()->set_id(id);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return engine_->views().ListContacts(request, Always);
  }

  // The contact that a touchpoint is from; empty where nobody is known.
  std::string ContactOf(const v1::Touchpoint& touchpoint) {
    if (touchpoint.has_profile() && !touchpoint.account_id().empty()) return "";
    if (!touchpoint.contact_id().empty()) return touchpoint.contact_id();
    if (touchpoint.anonymous_id().empty()) return "";
    v1::ResolveRequest request;
    request.set_tenant_id(Engine::kTenant);
    request.mutable_subject()->set_type(v1::SUBJECT_TYPE_VISITOR);
    request.mutable_subject()->set_id(touchpoint.anonymous_id());
    *request.mutable_as_of() = touchpoint.occurred_at();
    const auto response = engine_->views().Resolve(request, Always);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok() || response->steps().empty()) return "";
    const v1::Subject& target = response->steps(0).to();
    return target.type() == v1::SUBJECT_TYPE_CONTACT ? target.id() : "";
  }

  // Each touchpoint again, as one of a contact of its own: "journey/contact".
  std::vector<v1::Touchpoint> Alone() {
    std::map<std::string, v1::Touchpoint> by_id;
    for (const v1::Touchpoint& touchpoint : InForce()) {
      by_id[touchpoint.touchpoint_id()] = touchpoint;
    }
    std::vector<v1::Touchpoint> out;
    for (const auto& [journey, ids] : Timelines()) {
      for (const std::string& id : ids) {
        v1::Touchpoint touchpoint = by_id.at(id);
        const std::string contact = ContactOf(touchpoint);
        if (contact.empty()) continue;
        const std::string name = absl::StrCat(journey, "/", contact);
        touchpoint.set_contact_id(name);
        touchpoint.clear_account_id();
        touchpoint.clear_anonymous_id();
        if (!touchpoint.deal_id().empty()) {
          touchpoint.set_deal_id(absl::StrCat(name, "/", touchpoint.deal_id()));
        }
        out.push_back(std::move(touchpoint));
      }
    }
    return out;
  }

  // The contacts of all journeys, by "journey/contact".
  std::map<std::string, v1::JourneyContact> Listed() {
    std::map<std::string, v1::JourneyContact> out;
    for (const auto& [name, journey] : Journeys()) {
      std::string last;
      std::string token;
      do {
        const auto page = Contacts(static_cast<v1::SubjectType>(name.first),
                                   name.second, 1 + Pick(2), token);
        EXPECT_TRUE(page.ok()) << page.status();
        if (!page.ok()) break;
        for (const v1::JourneyContact& contact : page->contacts()) {
          EXPECT_LT(last, contact.contact_id());
          last = contact.contact_id();
          out[absl::StrCat(name.second, "/", last)] = contact;
        }
        token = page->next_page_token();
      } while (!token.empty());
    }
    return out;
  }
};

// What is told of a contact, without its id.
template <typename Told>
std::string TextOf(const Told& told) {
  v1::JourneyContact text;
  *text.mutable_lead() = told.lead();
  *text.mutable_scores() = told.scores();
  text.set_touchpoint_count(told.touchpoint_count());
  *text.mutable_first_touchpoint_at() = told.first_touchpoint_at();
  *text.mutable_last_touchpoint_at() = told.last_touchpoint_at();
  *text.mutable_profile() = told.profile();
  return text.DebugString();
}

TEST_F(ContactsTest, EachIsWhatItWouldBeAlone) {
  size_t contacts = 0;
  size_t by_visits = 0;
  for (int i = 0; i < 8; ++i) {
    Restart();
    MakeHistory(60);
    Deliver([] {});
    const std::map<std::string, v1::JourneyContact> listed = Listed();
    const std::vector<v1::Touchpoint> alone = Alone();
    by_visits += static_cast<size_t>(
        std::count_if(history_.begin(), history_.end(), [](const auto& t) {
          return t.contact_id().empty() && !t.anonymous_id().empty();
        }));
    Restart();
    Append(alone);
    std::map<std::string, std::string> expected;
    for (const auto& [name, serialized] : Journeys()) {
      v1::Journey journey;
      ASSERT_TRUE(journey.ParseFromString(serialized));
      expected[name.second] = TextOf(journey);
    }
    ASSERT_EQ(listed.size(), expected.size());
    for (const auto& [id, contact] : listed) {
      EXPECT_EQ(TextOf(contact), expected[id]) << id;
    }
    contacts += listed.size();
  }
  EXPECT_GT(contacts, 40);
  EXPECT_GT(by_visits, 20);
}

TEST_F(ContactsTest, OnlyThoseOfTheInstant) {
  Append("v", "2025-01-01", "anonymous_id: 'V' site_visit {}");
  Append("a", "2025-01-10",
         "account_id: 'A' contact_id: 'ann' form_submission "
         "{ intent: INTENT_DEMO }");
  Append("b", "2025-02-10", "account_id: 'A' contact_id: 'bob' site_visit {}");
  Append("l", "2025-03-01",
         "anonymous_id: 'V' contact_id: 'ann' identity_link {}");
  Append("n", "2025-03-02", "account_id: 'A' call {}");
  const auto now = Contacts(v1::SUBJECT_TYPE_CONTACT, "bob");
  ASSERT_TRUE(now.ok()) << now.status();
  ASSERT_EQ(now->contacts_size(), 2);
  EXPECT_EQ(now->contacts(0).contact_id(), "ann");
  EXPECT_EQ(now->contacts(0).lead().status(), v1::LEAD_STATUS_SQL);
  EXPECT_EQ(now->contacts(0).touchpoint_count(), 2);
  EXPECT_EQ(now->contacts(1).lead().status(), v1::LEAD_STATUS_NONE);
  v1::ListContactsRequest request;
  request.set_tenant_id(Engine::kTenant);
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  request.mutable_subject()->set_id("A");
  request.mutable_as_of()->set_seconds(At("2025-02-01") /
                                       core::kMicrosPerSecond);
  const auto then = engine_->views().ListContacts(request, Always);
  ASSERT_TRUE(then.ok()) << then.status();
  ASSERT_EQ(then->contacts_size(), 1);
  EXPECT_EQ(then->contacts(0).touchpoint_count(), 2);
  EXPECT_EQ(then->log_position(), 5);
}

TEST_F(ContactsTest, WhoHasNoJourneyIsNotFound) {
  EXPECT_EQ(
      core::ReasonOf(Contacts(v1::SUBJECT_TYPE_ACCOUNT, "nobody").status()),
      v1::ERROR_REASON_SUBJECT_NOT_FOUND);
  Append("l", "2025-03-01",
         "account_id: 'A' contact_id: 'ann' identity_link {}");
  EXPECT_EQ(core::ReasonOf(Contacts(v1::SUBJECT_TYPE_ACCOUNT, "A").status()),
            v1::ERROR_REASON_SUBJECT_NOT_FOUND);
  Append("c", "2025-03-02", "account_id: 'A' call {}");
  const auto found = Contacts(v1::SUBJECT_TYPE_ACCOUNT, "A");
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->contacts_size(), 0);
}

}  // namespace
}  // namespace journey::testing
